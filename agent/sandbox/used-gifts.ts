import { at, type JsonObject, textAt } from '../core/json.ts';
import type { Refusal } from './answer.ts';
import { invalidInput } from './refusals.ts';

type UsedGifts = { readonly ok: true; readonly keys: readonly string[] } | { readonly ok: false; readonly refusal: Refusal };

const keyFields = ['key', 'code', 'id', 'assetId', 'sourceId'];

/** Gifts named beside the sale or inside it (K17), each as a text or as an object with one of the likely key fields (K18). */
export function readUsedGifts(body: JsonObject): UsedGifts {
	const keys: string[] = [];
	for (const place of [['usedAssets'], ['transaction', 'usedAssets']]) {
		const list = at(body, ...place);
		if (list === undefined) continue;
		if (!Array.isArray(list)) return { ok: false, refusal: invalidInput(place.join('.'), 'must be a list') };
		for (const [index, element] of list.entries()) {
			const key = giftKey(element);
			if (key === undefined) return { ok: false, refusal: invalidInput([...place, index].join('.'), 'must be a gift key') };
			keys.push(key);
		}
	}
	return { ok: true, keys };
}

function giftKey(element: unknown): string | undefined {
	if (typeof element === 'string') return element;
	return keyFields.map((field) => textAt(element, field)).find((key) => key !== undefined);
}
