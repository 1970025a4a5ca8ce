/**
 * The tokens of this data directory. `tokens.json` holds only their hashes: a token has 256 random bits, so a plain
 * SHA-256 cannot be searched. The file is looked at again whenever it changed, so that a token revoked on the command
 * line is refused by the running agent at once.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Role } from '../../shared/local-api.ts';
import { type Token, TokenFile } from '../../shared/token-file.ts';
import { parserFor } from '../../shared/validate.ts';
import { ExitError } from '../core/exit.ts';
import type { Identity } from '../core/identity.ts';
import { rfc3339 } from '../core/instant.ts';
import { readJson, writePrivateFile } from './private-file.ts';

const parseTokenFile = parserFor(TokenFile);

/** The token file is damaged, or a name is taken; the message says what to do. */
export class TokenError extends ExitError {
	override name = 'TokenError';

	constructor(message: string) {
		super('configuration', message);
	}
}

export class Tokens {
	readonly #file: string;
	readonly #directory: string;
	#known: readonly Token[] = [];
	#version: string | undefined;

	/** Reads `tokens.json` in the directory when asked for; there need not be one yet. */
	constructor(directory: string) {
		this.#directory = directory;
		this.#file = join(directory, 'tokens.json');
	}

	/** At the first start: writes `register.token` and `manager.token`, each holding a token of that role. Throws TokenError when the file is damaged. */
	ensureFirst(at: number): void {
		if (this.#fileVersion() !== undefined) return void this.list();
		const first = (['register', 'manager'] as const).map((role) => newToken(role, role, at));
		for (const { secret, token } of first) writePrivateFile(join(this.#directory, `${token.role}.token`), `${secret}\n`);
		// Last: its presence says that both were written. A start that ended before begins anew.
		this.#store(first.map(({ token }) => token));
	}

	/** Answers the token itself; it is not stored and cannot be shown again. Throws TokenError when the name is empty or taken. */
	create(name: string, role: Role, at: number): string {
		if (name === '') throw new TokenError('A token needs a name, such as the till it is for.');
		const known = this.list();
		if (known.some((token) => token.name === name))
			throw new TokenError(`There is a token called "${name}" already. Choose another name, or revoke that one first.`);
		const { secret, token } = newToken(name, role, at);
		this.#store([...known, token]);
		return secret;
	}

	/** Throws TokenError when there is none of that name. */
	revoke(name: string): void {
		const known = this.list();
		const kept = known.filter((token) => token.name !== name);
		if (kept.length === known.length) throw new TokenError(`There is no token called "${name}". See "lanekeeper token list".`);
		this.#store(kept);
	}

	list(): readonly Token[] {
		const version = this.#fileVersion();
		if (version !== this.#version) {
			this.#known = version === undefined ? [] : this.#load();
			this.#version = version;
		}
		return this.#known;
	}

	/** Who brings this token; every known token is compared in full, so that time tells nothing. */
	identify(secret: string): Identity | undefined {
		const offered = digest(secret);
		let found: Identity | undefined;
		for (const token of this.list()) {
			if (timingSafeEqual(offered, Buffer.from(token.sha256, 'hex'))) found = { tokenId: token.id, name: token.name, role: token.role };
		}
		return found;
	}

	#store(tokens: readonly Token[]): void {
		writePrivateFile(this.#file, `${JSON.stringify({ tokens }, undefined, 2)}\n`);
	}

	#load(): readonly Token[] {
		const parsed = parseTokenFile(readJson(this.#file));
		if (!parsed.ok) throw new TokenError(`The token file ${this.#file} is damaged. Put back a copy, or remove it and pair the registers again.`);
		return parsed.value.tokens;
	}

	/** Changes whenever the file is replaced. */
	#fileVersion(): string | undefined {
		const stat = statSync(this.#file, { bigint: true, throwIfNoEntry: false });
		return stat === undefined ? undefined : `${stat.ino}:${stat.mtimeNs}:${stat.size}`;
	}
}

function newToken(name: string, role: Role, at: number): { readonly secret: string; readonly token: Token } {
	const secret = randomBytes(32).toString('base64url');
	return { secret, token: { id: randomBytes(8).toString('hex'), name, role, sha256: digest(secret).toString('hex'), createdAt: rfc3339(at) } };
}

function digest(secret: string): Buffer {
	return createHash('sha256').update(secret).digest();
}
