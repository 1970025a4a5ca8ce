/** Writing more than fits into memory, at the pace of whoever reads. */
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Answers what the generator returned; undefined when the reader went away before the end. */
export async function printPieces<Result>(pieces: Generator<string, Result>, target: Writable): Promise<Result | undefined> {
	let result: Result | undefined;
	const all = function* () {
		result = yield* pieces;
	};
	try {
		await pipeline(Readable.from(all()), target, { end: false });
	} catch (error) {
		if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
	}
	return result;
}
