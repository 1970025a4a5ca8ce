/** The disk could not take a change. Nothing of it was written; what was written before is safe. */
export class StorageError extends Error {
	override name = 'StorageError';
	/** The code of SQLite. */
	readonly code: string;

	constructor(code: string) {
		super(code);
		this.code = code;
	}
}
