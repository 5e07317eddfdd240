// Messages and outputs by ports, pipes and files, many at once, while the machine is busy: whatever breaks off late, the server keeps running.
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { appendIn, listen, pipeIn, pipeOut, portIn, portOut } from '../support/adapted.js';
import { defined, shell } from '../support/programs.js';
import { startServer } from '../support/server.js';

const large = Buffer.alloc(300_000, 'x');

const definitions = [
  shell(listen('EXEC:"wc -c"'), { ...portIn(), ...portOut }),
  shell(listen('EXEC:"head -c 10"'), { ...portIn({ half_close: false }), ...portOut }),
  shell('true', portIn()),
  shell(listen('EXEC:"sleep 0.3"'), portIn({ half_close: false })),
  shell(listen('EXEC:"true"'), portIn({ half_close: false })),
  shell('timeout 0.3 tail -c +1 -f "${input_file}" | head -c 10', appendIn),
  shell('true', appendIn),
  shell('echo x > "${output_pipe}"', pipeOut),
  shell('head -c 10 "${input_pipe}"', pipeIn),
  shell('true', pipeIn),
  shell('exec <&-; sleep 0.1'),
];

test('a run whose input breaks off while it is written ends nothing but itself', { timeout: 120_000 }, async () => {
  const busy = [1, 2, 3].map(() => spawn('sh', ['-c', 'while :; do :; done']));
  const server = await startServer({ GRACE: '1', LANES: 'io=16' });
  try {
    const paths = await Promise.all(definitions.map((one) => defined(server, one)));
    let count = 0;
    const work = async () => {
      while (count < 250) {
        const path = `${paths[count++ % paths.length]}execute/`;
        const { status } = await server.send({ method: 'POST', path, body: large });
        expect([200, 204, 422]).toContain(status);
      }
    };
    await Promise.all(Array.from({ length: 12 }, work));
    expect([server.process.exitCode, server.process.signalCode], server.said()).toEqual([null, null]);
  } finally {
    for (const one of busy) one.kill('SIGKILL');
  }
  await server.stop();
});
