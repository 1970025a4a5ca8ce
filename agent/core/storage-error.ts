/** The disk could not take a change. Nothing of it was written; what was written before is safe. */
export class StorageError extends Error {
	override name = 'StorageError';
}
