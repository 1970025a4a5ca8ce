/** Certificates that a shop trusts besides those Node.js brings along. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ExitError } from '../core/exit.ts';

const block = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * The certificates of the setting loyalty.caFile, PEM, in the order of the file; none for an empty text. A relative path
 * begins at the configuration file, or at the working directory where there is none. Throws ExitError with what to do.
 */
export function readCaFile(setting: string, configFile: string | undefined): readonly string[] {
	if (setting === '') return [];
	const file = resolve(configFile === undefined ? '.' : dirname(configFile), setting);
	let text: string;
	try {
		text = readFileSync(file, 'latin1');
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
		throw refusal(`the file ${file}, which cannot be read (${code}). Check the path and the permissions, or leave the setting empty.`);
	}
	const certificates = text.match(block) ?? [];
	if (certificates.length === 0)
		throw refusal(`the file ${file}, which holds no certificate. Put certificates in PEM form there (-----BEGIN CERTIFICATE-----).`);
	return certificates.map((pem, index) => checked(pem, `certificate ${index + 1} of ${certificates.length} in the file ${file}`));
}

function checked(pem: string, where: string): string {
	try {
		return new X509Certificate(pem).toString();
	} catch (cause) {
		throw refusal(`${where}, which is damaged. Export it again in PEM form.`, { cause });
	}
}

function refusal(what: string, options?: ErrorOptions): ExitError {
	return new ExitError('configuration', `loyalty.caFile names ${what}`, options);
}
