/** A binary min-heap of numbers: the smallest comes out first. The same number may be in it twice. */
export class SequenceHeap {
	readonly #items: number[] = [];

	push(value: number): void {
		const items = this.#items;
		let index = items.push(value) - 1;
		while (index > 0) {
			const parent = (index - 1) >> 1;
			if (this.#at(parent) <= value) break;
			items[index] = this.#at(parent);
			index = parent;
		}
		items[index] = value;
	}

	pop(): number | undefined {
		const items = this.#items;
		const smallest = items[0];
		const last = items.pop();
		if (last === undefined || items.length === 0) return smallest;
		let index = 0;
		for (;;) {
			let child = 2 * index + 1;
			if (child >= items.length) break;
			if (this.#at(child + 1) < this.#at(child)) child += 1;
			if (this.#at(child) >= last) break;
			items[index] = this.#at(child);
			index = child;
		}
		items[index] = last;
		return smallest;
	}

	/** Past the end counts as larger than anything. */
	#at(index: number): number {
		return this.#items[index] ?? Number.POSITIVE_INFINITY;
	}
}
