/** Writes config/schema.json and config/default.json from the one schema of the configuration. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsFiles } from '../shared/settings-files.ts';

const folder = join(import.meta.dirname, '../config');
for (const [name, text] of Object.entries(settingsFiles())) writeFileSync(join(folder, name), text);
