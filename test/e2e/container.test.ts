// One server in a container: the image of the Dockerfile, run by podman where podman can run containers.
import { chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildServerImage, openPodman, type Podman } from '../support/containers.js';
import { sendLocally, socketOf } from '../support/local-socket.js';
import { projectRoot } from '../support/server.js';

const image = 'localhost/process-registry';
const { podman: found, obstacle } = await openPodman();
afterAll(() => found?.close());

/** The rows of a table of docs/containers.md: flags, level, whether the sandbox works, user of programs. */
const levels = [
  ...readFileSync(join(projectRoot, 'docs/containers.md'), 'utf8').matchAll(/^\| (none|`--.*`) \| `(\w+)` \| (works|no) \| (.+) \|$/gm),
];

describe.skipIf(!found)(`a container${obstacle ? ` (not here: ${obstacle})` : ''}`, () => {
  const podman = found as Podman;
  let data: string;
  beforeAll(async () => {
    data = join(podman.folder, 'data');
    mkdirSync(data);
    chownSync(data, 1000, 1000);
    await buildServerImage(podman, image);
  });

  const ask = (method: string, path: string, body?: object) => sendLocally(socketOf(data), { method, path, body });
  const asked = async (exec: string, argv: string[]): Promise<string> => (await ask('POST', '/api/run/', { exec, argv })).json.resource_uri;
  const endOf = async (run: string) => (await ask('GET', `${run}wait/?timeout=20`)).json;

  /** The id of a container whose server answers. */
  async function served(): Promise<string> {
    const id = await podman.done('run', '-d', '--pull=never', '--read-only', '--cap-drop=all', `--volume=${data}:/data`, image);
    const ready = () =>
      ask('GET', '/health/ready').then(
        ({ status }) => status,
        (error) => error.message,
      );
    await expect.poll(ready, { timeout: 30_000 }).toBe(200);
    return id;
  }

  test('serves as an ordinary user and is healthy; after podman stop and podman kill its records are true', {
    timeout: 120_000,
  }, async () => {
    const first = await served();
    expect(await podman.done('exec', first, 'id', '-u')).toBe('1000');
    expect((await podman.run('healthcheck', 'run', first)).code).toBe(0);
    const ended = await asked('/usr/bin/id', ['-u']);
    expect(await endOf(ended)).toMatchObject({ end_reason: 'exit', exit_code: 0 });
    const stopped = await asked('/usr/bin/sleep', ['60']);
    await expect.poll(async () => (await ask('GET', stopped)).json.state).toBe('running');
    await podman.done('stop', first);
    expect(await podman.done('inspect', '--format', '{{.State.ExitCode}}', first)).toBe('0');
    const second = await served();
    expect((await ask('GET', `${ended}output/`)).text).toBe('1000\n');
    expect(await endOf(stopped)).toMatchObject({ state: 'finished', success: false, signal: 'SIGTERM' });
    const killed = await asked('/usr/bin/sleep', ['60']);
    await expect.poll(async () => (await ask('GET', killed)).json.state).toBe('running');
    await podman.done('kill', second);
    await served();
    expect(await endOf(killed)).toMatchObject({ success: false, end_reason: 'lost' });
  });

  test('has the levels of isolation that docs/containers.md says', { timeout: 120_000 }, async () => {
    expect(levels).toHaveLength(5);
    const seen = levels.map(async ([row, flags, level, sandbox, user]) => {
      const words = flags === 'none' ? [] : flags.slice(1, -1).split(' ');
      const { stdout } = await podman.run('run', '--rm', '--pull=never', '--no-healthcheck', ...words, image, 'server', 'doctor');
      expect(stdout, row).toContain(`ISOLATION=auto gives ${level};`);
      expect(/level sandbox: works/.test(stdout), row).toBe(sandbox === 'works');
      expect(stdout, row).toContain(
        user === 'one for each run' ? 'their own users, such as uid' : "programs run as: the server's own user",
      );
    });
    await Promise.all(seen);
  });
});
