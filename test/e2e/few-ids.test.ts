// Where a user namespace has few ids, start and doctor say what to do about RUN_AS and RUN_UIDS.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { missingIds } from '../../src/app/mapped-ids.js';
import { projectRoot } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-few-ids-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const usual = { first: 700000, last: 765535 };
const all = '0 0 4294967295';

test.each([
  ['all ids exist', [all, all], null],
  ['the range lies in one of several', ['0 0 10\n700000 5 70000', all], null],
  ['only one id exists', ['0 1000 1', '0 1000 1'], 'it has the id 0 only. Set RUN_AS=root'],
  ['the group ids are missing', [all, '0 1000 1'], 'it has the id 0 only'],
  ['a container of an ordinary user', ['0 1000 1\n1 100000 65536', '0 1000 1\n1 100000 65536'], 'such as 34000-43999, or RUN_AS=root'],
  ['too few for a range', ['0 1000 50', '0 1000 50'], 'it has only 0 to 49. Set RUN_AS=root'],
])('%s', (_what, maps, said) => {
  if (said === null) expect(missingIds(usual, maps)).toBeNull();
  else expect(missingIds(usual, maps)).toContain(said);
});

/** `procreg server …` as root of a user namespace that has no other id; `until`: ends it when it has said this. */
async function alone(role: string, settings: Record<string, string>, until = ' on http') {
  const command = ['-r', process.execPath, join(projectRoot, 'dist/bundle/main.js'), 'server', role];
  const env = { PATH: process.env.PATH, DATA_DIR: join(folder, 'data'), PORT: '0', ...settings };
  const child = spawn('unshare', command, { env });
  let said = '';
  const hear = (chunk: Buffer) => {
    said += chunk;
    if (said.includes(until)) child.kill('SIGTERM');
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, said };
}

const makesNamespaces = spawnSync('unshare', ['-r', 'true']).status === 0;
const obstacle = makesNamespaces ? '' : ' (not here: this machine refuses user namespaces)';

describe.skipIf(!makesNamespaces)(`as root of a namespace with one id${obstacle}`, () => {
  test('the server does not start and says why; so does doctor', async () => {
    const why =
      /this user namespace does not have all of the ids 700000 to 765535 \(RUN_UIDS\): it has the id 0 only\. Set RUN_AS=root, so/;
    const { code, said } = await alone('serve', {});
    expect([code, said.trim().split('\n').length], said).toEqual([1, 1]);
    expect(said).toMatch(why);
    const doctor = await alone('doctor', {});
    expect(doctor.code).toBe(1);
    expect(doctor.said).toMatch(new RegExp(`^BAD programs run as: ${why.source}`, 'm'));
  });

  test('with RUN_AS=root it starts', async () => {
    const { code, said } = await alone('serve', { RUN_AS: 'root' });
    expect(code, said).toBe(0);
    expect((await alone('doctor', { RUN_AS: 'root' })).said).toMatch(/^ok {2}isolation: /m);
  });
});
