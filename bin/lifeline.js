// Loaded before the agent where a launcher runs in front of it: a launcher that was killed must not leave an agent
// behind that nobody can find. The end of the launcher is the end of this channel.
import { Socket } from 'node:net';

const lifeline = new Socket({ fd: 3 });
lifeline.once('close', () => process.kill(process.pid, 'SIGKILL'));
lifeline.on('error', () => undefined);
lifeline.resume();
lifeline.unref();
