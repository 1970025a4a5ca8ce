/** Why the program ends by itself; the number is its exit code (sysexits.h where one fits). */
export const exitCodes = {
	/** The ledger was looked at and is not whole. */
	notWhole: 1,
	/** The command line is wrong. */
	usage: 64,
	/** The database is newer, damaged or cannot be opened. */
	data: 65,
	/** A port is taken. */
	port: 69,
	/** A mistake of the program. */
	bug: 70,
	/** The data directory cannot be made or written. */
	directory: 73,
	/** Another agent holds the data directory. */
	busy: 75,
	/** The configuration, a key or the directory's mark forbids the start. */
	configuration: 78,
} as const;

/** Ends the program with a sentence for the person who started it. */
export class ExitError extends Error {
	override name = 'ExitError';
	readonly exitCode: number;

	constructor(kind: keyof typeof exitCodes, message: string, options?: ErrorOptions) {
		super(message, options);
		this.exitCode = exitCodes[kind];
	}
}
