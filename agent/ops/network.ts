import { networkInterfaces } from 'node:os';

/** The addresses this machine has at the moment, as a text that changes when a cable is plugged in or a network joined. Loopback left out. */
export function networkAddresses(): string {
	const addresses = Object.values(networkInterfaces()).flatMap((known) => known ?? []);
	return addresses
		.filter(({ internal }) => !internal)
		.map(({ cidr, address }) => cidr ?? address)
		.sort()
		.join(' ');
}
