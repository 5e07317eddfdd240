// The end of a run on a disk without any room: told as it is, outlives kill -9, and is stored once there is room.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { defined, shellWith } from '../support/programs.js';
import { crash, endOf, logOf, until } from '../support/restarts.js';
import { removeFolder, startServer } from '../support/server.js';
import { smallDisk } from '../support/small-disk.js';

const whole = { state: 'finished', end_reason: 'exit', exit_code: 3, success: false, attempt: 1 };

/** A run with a retry that ends two seconds after its disk is full. */
async function endingOnFullDisk(settings: Record<string, string>) {
  const disk = await smallDisk(24);
  const folder = mkdtempSync(join(tmpdir(), 'procreg-full-'));
  const start = () => startServer({ ...settings, RUN_AS: 'root', WORK_DIR: folder }, { dataDir: disk.path, inside: disk.holder });
  const server = await start();
  const script = 'echo begun; sleep 2; echo ran >>"$1/ran"; echo ended; exit 3';
  const definition = await defined(server, shellWith(script, [folder], { retries: 1, input_type: 'none' }));
  const { json } = await server.send({ method: 'POST', path: `${definition}execute/`, headers: { prefer: 'respond-async' } });
  const run = json.resource_uri;
  await until(
    () => server.send({ path: run }),
    (answer) => answer.json.state === 'running',
  );
  await sleep(300);
  disk.fill();
  const times = () => readFileSync(join(folder, 'ran'), 'utf8').split('\n').length - 1;
  return { disk, server, start, definition, run, times, end: () => disk.remove().then(() => removeFolder(folder)) };
}

describe.runIf(process.getuid?.() === 0)('on a disk that is full when a run ends', () => {
  test('the end is told, new work is refused, and both go on when there is room', { timeout: 120_000 }, async () => {
    const { disk, server, definition, run, times, end } = await endingOnFullDisk({});
    expect(await endOf(server, run)).toMatchObject(whole);
    await sleep(6000);
    disk.fill();
    expect((await server.send({ path: run })).json).toMatchObject(whole);
    expect((await server.send({ method: 'POST', path: `${run}stop/` })).json.code).toBe('wrong_state');
    const execute = { method: 'POST', path: `${definition}execute/` };
    expect((await server.send(execute)).status).toBe(507);
    disk.empty();
    await until(
      () => server.send({ path: '/health/ready', login: '' }),
      ({ status }) => status === 200,
    );
    expect((await server.send({ path: '/api/run/?state=finished' })).json.meta.total_count).toBe(1);
    expect(await logOf(server, run)).toBe('begun\nended\n');
    expect(times()).toBe(1);
    expect((await server.send({ method: 'DELETE', path: run })).status).toBe(204);
    await server.stop({ keep: true });
    await end();
  });

  test.each(['native', 'child_process'])(
    'an end that the server has told outlives its kill -9 under the launcher %s',
    { timeout: 120_000 },
    async (LAUNCHER) => {
      const { disk, server, start, run, times, end } = await endingOnFullDisk({ LAUNCHER });
      expect(await endOf(server, run)).toMatchObject(whole);
      await sleep(1000);
      disk.fill();
      await crash(server);
      disk.empty();
      const after = await start();
      expect((await after.send({ path: run })).json).toMatchObject(whole);
      expect(await logOf(after, run)).toBe('begun\nended\n');
      await sleep(1500);
      expect(times()).toBe(1);
      await after.stop({ keep: true });
      await end();
    },
  );

  test.each(['pidns', 'process'])(
    'a run at %s that ends without a server has its end, and its output',
    { timeout: 120_000 },
    async (ISOLATION) => {
      const { disk, server, start, run, times, end } = await endingOnFullDisk({ ISOLATION });
      await crash(server);
      await sleep(4000);
      disk.empty();
      const after = await start();
      expect(await endOf(after, run)).toMatchObject(whole);
      expect(await logOf(after, run)).toBe('begun\nended\n');
      expect(times()).toBe(1);
      await after.stop({ keep: true });
      await end();
    },
  );
});
