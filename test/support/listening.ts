/** Servers of tests: listening on this machine, and gone again. */
import type { Server } from 'node:net';

/** Resolves with the port once the server listens; 0 takes any free one. */
export function listen(server: Server, port = 0): Promise<number> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			const address = server.address();
			resolve(typeof address === 'object' && address !== null ? address.port : 0);
		});
	});
}

/** Resolves when nobody listens any more and the last connection has ended; to end those is for whoever opened them. */
export function closed(server: Server): Promise<void> {
	return new Promise((resolve) => server.close(() => resolve()));
}
