/** Listening on the loopback addresses and nowhere else. */
import type { AddressInfo, Server } from 'node:net';

/** The same port on 127.0.0.1 and, where the machine has it, on ::1. Rejects with the system's error. */
export async function listenOnLoopback<Door extends Server>(create: () => Door, port: number): Promise<{ port: number; servers: Door[] }> {
	const first = create();
	await listen(first, '127.0.0.1', port);
	const actual = portOf(first);
	const second = create();
	try {
		await listen(second, '::1', actual);
	} catch (error) {
		if (isNoSuchAddress(error)) return { port: actual, servers: [first] };
		first.close();
		throw error;
	}
	return { port: actual, servers: [first, second] };
}

function listen(server: Server, host: string, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen({ host, port, exclusive: true }, () => {
			server.removeListener('error', reject);
			resolve();
		});
	});
}

function portOf(server: Server): number {
	const address: AddressInfo | string | null = server.address();
	if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
	return address.port;
}

/** A machine without IPv6. */
function isNoSuchAddress(error: unknown): boolean {
	return error instanceof Error && 'code' in error && (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT' || error.code === 'EINVAL');
}
