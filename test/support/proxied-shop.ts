/** A shop whose only way to the loyalty service is its proxy, with TLS at the end of it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshDirectory } from './agent-process.ts';
import { TestAuthority } from './certificates.ts';
import { ShopProxy } from './proxy.ts';
import { Shop } from './shop.ts';
import { TlsFront } from './tls-front.ts';
import { until } from './until.ts';

/** Of the loyalty service. */
export const host = 'loyalty.test';
/** Vouches for it. */
export const authority = new TestAuthority();
/** Of the proxy that wants some: with characters that an address has to escape. */
export const credentials = 'till 7:p@ss/wörd';
const inAddress = 'till%207:p%40ss%2Fw%C3%B6rd';
const member = { phoneNumber: '600100200' };

/** Nothing but the proxy knows the host. */
export class ProxiedShop {
	readonly shop: Shop;
	readonly proxy: ShopProxy;
	readonly front: TlsFront;
	readonly #files: ReturnType<typeof freshDirectory>;

	private constructor(shop: Shop, proxy: ShopProxy, front: TlsFront, files: ReturnType<typeof freshDirectory>) {
		this.shop = shop;
		this.proxy = proxy;
		this.front = front;
		this.#files = files;
	}

	/** `wanted`: user and password the proxy wants to see. */
	static async open(wanted?: string): Promise<ProxiedShop> {
		const files = freshDirectory();
		writeFileSync(join(files.directory, 'ca.pem'), authority.certificate);
		const front = await TlsFront.start(authority.issue(host));
		const proxy = await ShopProxy.start({ targetPort: front.port, ...(wanted === undefined ? {} : { credentials: wanted }) });
		const shop = await Shop.open({ loyalty: ProxiedShop.#loyalty(proxy, files.directory, wanted === undefined ? '' : `${inAddress}@`) });
		front.targetPort = shop.service.port;
		return new ProxiedShop(shop, proxy, front, files);
	}

	static #loyalty(proxy: ShopProxy, directory: string, user: string) {
		return {
			...{ baseUrl: `https://${host}/v1/`, timeoutMs: 2_000 },
			...{ proxy: `http://${user}127.0.0.1:${proxy.port}`, caFile: join(directory, 'ca.pem') },
		};
	}

	/** The settings it was opened with, and others over them. */
	loyalty(over: Record<string, unknown> = {}) {
		return { ...ProxiedShop.#loyalty(this.proxy, this.#files.directory, this.proxy.credentials === undefined ? '' : `${inAddress}@`), ...over };
	}

	/** The line is proven good, by an answer; nothing is under way. */
	async isWell(): Promise<void> {
		await this.shop.calmed();
		const proof = await this.shop.till.post('/v1/event', { event: { type: 'line_check' } });
		await this.shop.reaches(proof.json.agent?.deliveryId, 'confirmed');
		await this.linkIs('online', 'ok');
	}

	/** Open tunnels end, and the next ones fare so. */
	troubled(answer: ShopProxy['answer']): void {
		this.proxy.answer = answer;
		this.proxy.cutTunnels();
	}

	async linkIs(state: string, reason: string): Promise<void> {
		await until(async () => {
			const { link } = await this.shop.status();
			return link.state === state && link.reason === reason;
		}, `the link is ${state}, ${reason}`);
	}

	pay(transactionId: string) {
		return this.shop.till.post('/v1/payment', { member, payment: { action: 'pay', amount: 100 }, transaction: { transactionId } });
	}

	async requestsOf(transactionId: string): Promise<readonly (readonly [requests: number, applied: number])[]> {
		const { sales, payments } = await this.shop.service.effects();
		return [...sales, ...payments].filter((effect) => effect.transactionId === transactionId).map(({ requests, applied }) => [requests, applied]);
	}

	async close(): Promise<void> {
		await this.shop.close();
		await this.proxy.cut();
		await this.front.close();
		this.#files.remove();
	}
}
