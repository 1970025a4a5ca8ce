/** What two answers must have in common when only codes, ids and balances may differ. */

/** Names in their order, and the kind of each value; of a list the shapes that its elements have. */
export function shapeOf(value: unknown): string {
	if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].join(',')}]`;
	if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
	return `{${Object.entries(value)
		.map(([name, inner]) => `${name}:${shapeOf(inner)}`)
		.join(',')}}`;
}

/** The answer as the Loyalty API gave it: without the member that the agent adds. */
export function withoutAgent(answer: object): object {
	return Object.fromEntries(Object.entries(answer).filter(([name]) => name !== 'agent'));
}
