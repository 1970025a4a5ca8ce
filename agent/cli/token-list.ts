interface ListedToken {
	readonly name: string;
	readonly role: string;
	readonly createdAt: string;
}

/** One line a token; the tokens themselves are not known any more. */
export function printTokens(tokens: readonly ListedToken[]): string {
	if (tokens.length === 0) return 'There are no tokens yet: the first start makes them.\n';
	const width = Math.max(...tokens.map(({ name }) => name.length));
	return tokens.map(({ name, role, createdAt }) => `${name.padEnd(width)}  ${role.padEnd(8)}  since ${createdAt}\n`).join('');
}
