// A program that hides a grandchild in a separate session, which ignores TERM and HUP and has its streams closed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, grounds, newMark, said, startOn, stop, submit } from '../support/hostile.js';
import { initsOf, leftAfter, marked } from '../support/processes.js';
import type { TestServer } from '../support/server.js';

/** Ends when the grandchild is detached. */
const daemonise = `
import os, signal, time
waiting, ready = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        os.closerange(0, 100)
        while True:
            time.sleep(60)
    os._exit(0)
os.close(ready)
os.read(waiting, 1)
`;

const hiding = (script: string, mark: string, more: object = {}) => ({
  exec: '/bin/sh',
  argv: ['-c', `/usr/bin/python3 -c "$HIDE"; echo hidden; ${script}`],
  environment: { HIDE: daemonise, MARK: mark },
  ...more,
});

type Ending = [string, { script: string; more?: object; stopped?: true; reason: string }];
const endings: Ending[] = [
  ['ends by itself', { script: 'true', reason: 'exit' }],
  ['fails', { script: 'exit 3', reason: 'exit' }],
  ['is stopped', { script: 'sleep 600', stopped: true, reason: 'stop' }],
  ['ignores TERM and is stopped', { script: "trap '' TERM; while :; do sleep 0.1; done", stopped: true, reason: 'stop' }],
  ['runs into its timeout', { script: 'sleep 600', more: { timeout: 2 }, reason: 'timeout' }],
  ['says too much', { script: 'sleep 1; yes', reason: 'output_limit' }],
];

describe.each(grounds)('%s', (_where, ground) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startOn(ground, { GRACE: '0.5', MAX_OUTPUT_BYTES: '100KB' });
  });
  afterAll(() => server.stop());

  test.concurrent.each(endings)(
    'of a run that %s, nothing is left a second later at pidns; the record names the level',
    async (_what, ending) => {
      const mark = newMark();
      const path = await submit(server, hiding(ending.script, mark, ending.more));
      await said(server, path, 'hidden');
      if (ending.script !== 'true' && ending.script !== 'exit 3') expect(marked(mark).length).toBeGreaterThan(1);
      if (ending.stopped) expect(await stop(server, path)).toBe(202);
      const run = await ended(server, path);
      expect([run.end_reason, run.isolation]).toEqual([ending.reason, ground.level]);
      if (ground.level === 'pidns') expect(await leftAfter(1000, () => [...marked(mark), ...initsOf([run.id])])).toEqual([]);
      else for (const pid of marked(mark)) process.kill(pid, 'SIGKILL');
    },
  );
});
