/**
 * Live or sandbox: the first start decides for the data directory, for good. A sandbox directory never sends to another
 * host, and a live one never falls back to a sandbox.
 */
export type Mode = { readonly kind: 'live'; readonly host: string } | { readonly kind: 'sandbox' };

export type ModeDecision =
	| {
			readonly ok: true;
			readonly mode: Mode;
			/** The mark changes and is to be written. */
			readonly isNew: boolean;
			readonly notice: 'keyIgnored' | 'hostChanged' | undefined;
	  }
	| { readonly ok: false; readonly problem: string };

export interface ModeFacts {
	/** The directory's mark, undefined at the first start. */
	readonly mark: Mode | undefined;
	readonly hasApiKey: boolean;
	/** Host and port of the configured address. */
	readonly host: string;
	/** Deliveries that could still be sent. */
	readonly unfinished: number;
}

export function decideMode({ mark, hasApiKey, host, unfinished }: ModeFacts): ModeDecision {
	if (mark === undefined) return { ok: true, mode: hasApiKey ? { kind: 'live', host } : { kind: 'sandbox' }, isNew: true, notice: undefined };
	if (mark.kind === 'sandbox') return { ok: true, mode: mark, isNew: false, notice: hasApiKey ? 'keyIgnored' : undefined };
	if (!hasApiKey) {
		return {
			ok: false,
			problem: `This data directory is live (${mark.host}) and there is no API key. Keep it with "lanekeeper secret set api-key", or set LANEKEEPER_API_KEY; to try the sandbox, use another data directory.`,
		};
	}
	if (mark.host === host) return { ok: true, mode: mark, isNew: false, notice: undefined };
	if (unfinished > 0) {
		return {
			ok: false,
			problem: `This data directory belongs to ${mark.host} and ${unfinished} deliveries are unfinished, but loyalty.baseUrl names ${host}. Put the old address back until they are finished, or use another data directory.`,
		};
	}
	return { ok: true, mode: { kind: 'live', host }, isNew: true, notice: 'hostChanged' };
}

/** The mark as it is stored. */
export function writeMark(mode: Mode): string {
	return mode.kind === 'live' ? `live ${mode.host}` : 'sandbox';
}

/** Undefined for a text that `writeMark` did not make. */
export function readMark(text: string): Mode | undefined {
	if (text === 'sandbox') return { kind: 'sandbox' };
	const host = /^live (\S+)$/.exec(text)?.[1];
	return host === undefined ? undefined : { kind: 'live', host };
}
