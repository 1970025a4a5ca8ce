/** What the demonstration shows: one live line on a terminal, a line a phase elsewhere, and a table at the end. */
import type { Verdict } from '../faults/judge.ts';
import type { Told } from '../faults/shop.ts';

export interface Progress {
	readonly phase: string;
	readonly kills: number;
	readonly told: readonly Told[];
	readonly waiting: number;
	readonly applied: number;
}

export function progressLine(output: NodeJS.WriteStream) {
	let last = '';
	return {
		show: ({ phase, kills, told, waiting, applied }: Progress) => {
			last = `${phase.padEnd(38)} sales answered ${String(told.length).padStart(5)}   waiting ${String(waiting).padStart(4)}   applied ${String(applied).padStart(5)}   kills ${kills}`;
			if (output.isTTY) output.write(`\r${last}`);
		},
		endPhase: () => void output.write(output.isTTY ? '\n' : `${last}\n`),
	};
}

export function resultTable(verdict: Verdict, told: readonly Told[], kills: number): string {
	const rows: [string, number, string][] = [
		['accepted', verdict.accepted, 'sales the till was answered for'],
		['  answered confirmed', told.filter(({ state }) => state === 'confirmed').length, 'the loyalty service had it'],
		['  answered queued', told.filter(({ state }) => state === 'queued').length, 'safe on the till, sent later'],
		['applied', verdict.applied, 'what the loyalty service counted'],
		['losses', verdict.lost.length, 'accepted, never applied'],
		['doubles', verdict.doubled.length, 'applied more than once'],
		['order violations', verdict.outOfOrder.length, "a member's later sale before the earlier"],
		['untrue answers', verdict.untrue.length, 'a wrong code, other bytes on a retry'],
		['kills', kills, 'SIGKILL, each followed by a start'],
	];
	return `\n${rows.map(([name, count, meaning]) => `  ${name.padEnd(22)}${String(count).padStart(6)}   ${meaning}\n`).join('')}\n`;
}
