/** Reads what strace wrote of an agent: requests, answers and flushes, in the order they happened. */

export type TraceEvent =
	| { readonly kind: 'request'; readonly descriptor: string }
	| { readonly kind: 'answer'; readonly descriptor: string }
	| { readonly kind: 'flushBegins'; readonly thread: string }
	| { readonly kind: 'flushed'; readonly thread: string };

export function readTrace(text: string): TraceEvent[] {
	/** By thread: the descriptor of a read that another thread's call interrupted on paper. */
	const unfinishedReads = new Map<string, string>();
	return text.split('\n').flatMap((line) => [...eventsOf(line, unfinishedReads)]);
}

function* eventsOf(line: string, unfinishedReads: Map<string, string>): Generator<TraceEvent> {
	const [, thread = '', call = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
	const unfinished = /^read\((\d+),\s+<unfinished/.exec(call)?.[1];
	if (unfinished !== undefined) unfinishedReads.set(thread, unfinished);
	const request = /^read\((\d+), "POST \/v1\//.exec(call);
	if (/^<\.\.\. read resumed>"POST \/v1\//.test(call)) yield { kind: 'request', descriptor: unfinishedReads.get(thread) ?? '' };
	const answer = /^writev?\((\d+), (?:\[\{iov_base=)?"HTTP\/1\.1 202/.exec(call);
	if (request?.[1] !== undefined) yield { kind: 'request', descriptor: request[1] };
	if (answer?.[1] !== undefined) yield { kind: 'answer', descriptor: answer[1] };
	if (/^(fsync|fdatasync)\(/.test(call)) yield { kind: 'flushBegins', thread };
	if (/^(fsync|fdatasync)\(.*= 0$|^<\.\.\. (fsync|fdatasync) resumed>.*= 0$/.test(call)) yield { kind: 'flushed', thread };
}

export function countFlushes(trace: readonly TraceEvent[]): number {
	return trace.filter(({ kind }) => kind === 'flushed').length;
}

/** Answers between whose request and whose first byte no flush lies from beginning to end. */
export function answersWithoutFlush(trace: readonly TraceEvent[]): { answers: number; unflushed: string[] } {
	const requestAt = new Map<string, number>();
	const unflushed: string[] = [];
	let answers = 0;
	for (const [index, event] of trace.entries()) {
		if (event.kind === 'request') requestAt.set(event.descriptor, index);
		if (event.kind !== 'answer') continue;
		answers += 1;
		const between = trace.slice(requestAt.get(event.descriptor) ?? index, index);
		if (!holdsWholeFlush(between)) unflushed.push(`answer ${answers} on descriptor ${event.descriptor}`);
	}
	return { answers, unflushed };
}

function holdsWholeFlush(events: readonly TraceEvent[]): boolean {
	const begun = new Set<string>();
	for (const event of events) {
		if (event.kind === 'flushBegins') begun.add(event.thread);
		if (event.kind === 'flushed' && begun.has(event.thread)) return true;
	}
	return false;
}
