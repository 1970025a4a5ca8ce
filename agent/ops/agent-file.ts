/** `agent.json` in the data directory: written once the agent is ready, removed on a clean stop. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface AgentFile {
	readonly pid: number;
	readonly httpPort: number;
	/** Null: this door is not open in this version. */
	readonly socketPort: number | null;
	readonly startedAt: string;
	readonly version: string;
}

/** A reader finds the whole file or none. */
export function writeAgentFile(directory: string, content: AgentFile): void {
	const draft = join(directory, 'agent.json.new');
	rmSync(draft, { force: true });
	writeFileSync(draft, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: 'wx' });
	renameSync(draft, join(directory, 'agent.json'));
}

/** Also of a former process that was killed; to be called while holding the directory's lock. */
export function removeAgentFile(directory: string): void {
	rmSync(join(directory, 'agent.json'), { force: true });
}
