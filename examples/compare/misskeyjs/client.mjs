// What a bot written with misskey-js does, for the comparison: it subscribes to a
// timeline and counts its notes. It takes its job and tells its outcome as the
// clients written in Go do.
import { Stream } from 'misskey-js';
import { WebSocket } from 'ws';

const job = JSON.parse(process.argv[2]);
const tell = (value) => process.stdout.write(JSON.stringify(value) + '\n');

const stream = new Stream(job.url, null, { WebSocket });
let received = 0;
let first;
let began;

stream.useChannel('localTimeline', {}).on('note', (note) => {
	if (!note.id) throw new Error('a note has no id');
	if (received === 0) first = process.hrtime.bigint();
	if (++received < job.notes) return;
	const seconds = Number(process.hrtime.bigint() - first) / 1e9;
	const cpu = process.cpuUsage(began);
	tell({ received, seconds, cpuSeconds: (cpu.user + cpu.system) / 1e6 });
	stream.close();
});

stream.on('_connected_', () => {
	began = process.cpuUsage();
	tell('ready');
});
