/** "JSON.parse source text access" (ECMAScript proposal, stage 4), present in Node 22 and newer, not yet in the type library. */
interface JSON {
	rawJSON(text: string): object;
	isRawJSON(value: unknown): boolean;
	parse(text: string, reviver: (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
}
