import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SequenceHeap } from './sequence-heap.ts';

test('the smallest comes out first, however pushes and pops are mixed', () => {
	const steps = fc.array(fc.option(fc.integer({ min: -1_000, max: 1_000 })), { maxLength: 200 });
	fc.assert(
		fc.property(steps, (pushes) => {
			const heap = new SequenceHeap();
			const list: number[] = [];
			for (const value of pushes) {
				if (value === null) {
					expect(heap.pop()).toBe(list.shift());
				} else {
					heap.push(value);
					list.push(value);
					list.sort((a, b) => a - b);
				}
			}
			for (const value of list) expect(heap.pop()).toBe(value);
			expect(heap.pop()).toBeUndefined();
		}),
	);
});

test('a number that was pushed twice comes out twice', () => {
	const heap = new SequenceHeap();
	for (const value of [5, 3, 5, 3]) heap.push(value);
	expect([heap.pop(), heap.pop(), heap.pop(), heap.pop(), heap.pop()]).toEqual([3, 3, 5, 5, undefined]);
});
