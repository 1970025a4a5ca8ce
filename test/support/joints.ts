/** Pairs of connections that say the same: what arrives at one leaves by the other, and when one ends so does the other. */
import { connect, type Socket } from 'node:net';

export class Joints {
	readonly #sockets = new Set<Socket>();

	/** Joins a connection to a new one to this port of this machine. */
	join(near: Socket, targetPort: number): void {
		const far = connect(targetPort, '127.0.0.1');
		for (const [socket, other] of [
			[near, far],
			[far, near],
		] as const) {
			this.#sockets.add(socket);
			socket.once('close', () => {
				this.#sockets.delete(socket);
				other.destroy();
			});
			// The end of a cut connection is told by 'close'.
			socket.on('error', () => undefined);
		}
		near.pipe(far).pipe(near);
	}

	/** All of them end in the middle of what they were saying. */
	cut(): void {
		for (const socket of this.#sockets) socket.destroy();
	}
}
