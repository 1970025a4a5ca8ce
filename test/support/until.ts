/** Waits for something to become true by looking at it, with a deadline instead of a guess. */
export async function until(isTrue: () => boolean | Promise<boolean>, what: string, withinMs = 10_000): Promise<void> {
	const deadline = performance.now() + withinMs;
	while (!(await isTrue())) {
		if (performance.now() > deadline) throw new Error(`after ${withinMs} ms still not: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}
