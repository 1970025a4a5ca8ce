/** Sends bytes exactly as they are, for requests no client would make, and reads the one answer that comes back. */
import { connect } from 'node:net';
import type { Answered } from './till.ts';

export interface RawReply {
	readonly status: number;
	/** Names in lower case. */
	readonly headers: ReadonlyMap<string, string>;
	readonly text: string;
	readonly json: Answered;
}

/** Resolves with the first whole answer; rejects when the connection ends without one. */
export function exchangeRaw(port: number, ...pieces: readonly (string | Uint8Array)[]): Promise<RawReply> {
	return new Promise((resolve, reject) => {
		const socket = connect(port, '127.0.0.1');
		let received = Buffer.alloc(0);
		const end = (problem: string) => {
			socket.destroy();
			reject(new Error(`${problem}; received so far: ${received.toString()}`));
		};
		socket.setTimeout(10_000, () => end('no answer in time'));
		socket.once('error', (error) => end(error.message));
		socket.once('close', () => end('the connection ended without an answer'));
		socket.on('data', (chunk: Buffer) => {
			received = Buffer.concat([received, chunk]);
			const reply = readReply(received);
			if (reply === undefined) return;
			resolve(reply);
			socket.destroy();
		});
		for (const piece of pieces) socket.write(piece);
	});
}

/** The lines of a request's head, closed by the empty line. */
export function head(...lines: readonly string[]): string {
	return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Undefined while the answer is not whole. */
function readReply(bytes: Buffer): RawReply | undefined {
	const headEnd = bytes.indexOf('\r\n\r\n');
	if (headEnd < 0) return undefined;
	const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
	const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const));
	const body = bytes.subarray(headEnd + 4);
	if (body.length < Number(headers.get('content-length') ?? 0)) return undefined;
	const text = body.toString();
	const json: Answered = text === '' ? {} : JSON.parse(text);
	return { status: Number(statusLine.split(' ')[1]), headers, text, json };
}
