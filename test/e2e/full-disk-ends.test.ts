// The end of a run on a full disk: shown as it is, outlives kill -9, and is stored once there is space.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { endedOnce, endingRun, lockSqlite, notesFolder } from '../support/away.js';
import { crash, endOf, logOf, until } from '../support/restarts.js';
import { startServer } from '../support/server.js';
import { smallDisk } from '../support/small-disk.js';

/** A run with a retry that ends after its disk is full. */
async function endingOnFullDisk(settings: Record<string, string>) {
  const disk = await smallDisk(24);
  const folder = notesFolder();
  const start = () => startServer({ ...settings, RUN_AS: 'root', WORK_DIR: folder }, { dataDir: disk.path, inside: disk.holder });
  const server = await start();
  const ending = await endingRun(server, folder);
  disk.fill();
  return { ...ending, disk, server, start, end: () => disk.remove().then(ending.removeNotes) };
}

describe.runIf(process.getuid?.() === 0)('on a disk that is full when a run ends', () => {
  test('the end is shown, new runs are refused, and everything works again when there is space', { timeout: 120_000 }, async () => {
    const { disk, server, definition, run, times, end } = await endingOnFullDisk({});
    expect(await endOf(server, run)).toMatchObject(endedOnce);
    await sleep(6000);
    disk.fill();
    expect((await server.send({ path: run })).json).toMatchObject(endedOnce);
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
    'an end that the server has shown outlives its kill -9 under the launcher %s',
    { timeout: 120_000 },
    async (LAUNCHER) => {
      const { disk, server, start, run, times, end } = await endingOnFullDisk({ LAUNCHER });
      // its log may have space left for this one end
      const release = lockSqlite(disk.outside);
      expect(await endOf(server, run)).toMatchObject(endedOnce);
      await sleep(1000);
      disk.fill();
      await crash(server);
      release();
      disk.empty();
      const after = await start();
      expect((await after.send({ path: run })).json).toMatchObject(endedOnce);
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
      disk.fill();
      await sleep(4000);
      disk.empty();
      const after = await start();
      expect(await endOf(after, run)).toMatchObject(endedOnce);
      expect(await logOf(after, run)).toBe('begun\nended\n');
      expect(times()).toBe(1);
      await after.stop({ keep: true });
      await end();
    },
  );
});
