/**
 * A till that does not give up: it rings up sales for members one after the other and for strangers beside them, and
 * sends a call again, unchanged, until somebody answers it. It keeps what it was told.
 */
import { type Reply, saleBody, Till } from '../support/till.ts';
import { until } from '../support/until.ts';

export interface Told {
	readonly transactionId: string;
	/** Undefined for a stranger's sale. */
	readonly member: string | undefined;
	/** What the answer promised. */
	readonly state: string;
	readonly confirmationCode: string | undefined;
}

export interface Connection {
	readonly baseUrl: string;
	readonly token: string;
}

/** Fewer sales than this between two kills would make the run too easy. */
const membersAtOnce = 6;

export class Shop {
	readonly told: Told[] = [];
	readonly unexpected: string[] = [];
	readonly #random: () => number;
	readonly #connection: () => Connection | undefined;
	#isOpen = true;
	#lastNumber = 0;
	#customers: Promise<void>[] = [];

	/** `connection` is undefined while there is no agent to talk to. */
	constructor(random: () => number, connection: () => Connection | undefined) {
		this.#random = random;
		this.#connection = connection;
	}

	open(): void {
		for (let lane = 0; lane < membersAtOnce; lane += 1) this.#customers.push(this.#serve(`60010${1000 + lane}`));
		for (let lane = 0; lane < 2; lane += 1) this.#customers.push(this.#serve(undefined));
	}

	/** Ends every sale that was begun. */
	async close(): Promise<void> {
		this.#isOpen = false;
		await Promise.all(this.#customers);
	}

	async #serve(member: string | undefined): Promise<void> {
		if (member !== undefined) await until(() => this.#enrol(member), `an answer for the register of ${member}`, 60_000);
		while (this.#isOpen) {
			this.#lastNumber += 1;
			await this.#ringUp(`T-${this.#lastNumber}`, member);
			await pause(1 + this.#random() * 15);
		}
	}

	/** Any answer will do: a member who is known already is refused, and sells all the same. */
	async #enrol(member: string): Promise<boolean> {
		const reply = await this.#post('/v1/member/register', JSON.stringify({ newMemberData: { phoneNumber: member } }));
		return reply !== undefined && reply.status !== 503;
	}

	async #ringUp(transactionId: string, member: string | undefined): Promise<void> {
		const body = JSON.stringify(saleBody(transactionId, member === undefined ? {} : { member: { phoneNumber: member } }));
		await until(() => this.#offer(transactionId, member, body), `an answer for ${transactionId}`, 60_000);
	}

	/** True once the sale was answered. */
	async #offer(transactionId: string, member: string | undefined, body: string): Promise<boolean> {
		const reply = await this.#post('/v1/transaction', body);
		if (reply === undefined) return false;
		const state = reply.json.agent?.state;
		if (state !== 'confirmed' && state !== 'queued') {
			this.unexpected.push(`${transactionId}: ${reply.status} ${reply.text}`);
			return reply.status !== 503;
		}
		this.told.push({ transactionId, member, state, confirmationCode: reply.json.confirmationCode });
		return true;
	}

	/** Undefined when nobody answered: no agent, or one that died meanwhile. */
	async #post(path: string, body: string): Promise<Reply | undefined> {
		const connection = this.#connection();
		if (connection === undefined) return undefined;
		try {
			return await new Till(connection.baseUrl, connection.token).post(path, body);
		} catch {
			return undefined;
		}
	}
}

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
