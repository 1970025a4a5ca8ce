import type { Clock } from '../core/clock.ts';

/** Waits that end with the sandbox: after `callOff` nothing that was waiting goes on, and no timer is left behind. */
export interface Delays {
	/** Resolves after `delayMs` milliseconds; at once for 0; never when called off. */
	wait(delayMs: number): Promise<void>;
	callOff(): void;
}

export function createDelays(clock: Clock): Delays {
	const pending = new Set<() => void>();
	let isOver = false;
	return {
		async wait(delayMs) {
			if (delayMs === 0) return;
			await new Promise<void>((resolve) => {
				if (isOver) return;
				const cancel = clock.after(delayMs, () => {
					pending.delete(cancel);
					resolve();
				});
				pending.add(cancel);
			});
		},
		callOff() {
			isOver = true;
			for (const cancel of pending) cancel();
			pending.clear();
		},
	};
}
