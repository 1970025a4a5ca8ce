/** The only source of time in the agent; tests bring their own. */
export interface Clock {
	/** Wall clock, epoch milliseconds: for what is shown, stored and sent. It may jump. */
	now(): number;
	/** Milliseconds since some fixed moment, never going back: for durations and deadlines. */
	elapsed(): number;
	/** Runs `task` once after `delayMs`; the returned function calls it off. */
	after(delayMs: number, task: () => void): () => void;
}
