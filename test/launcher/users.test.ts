// The launcher of an ordinary user: its programs have namespaces, in which they stay this user, whatever its numbers are.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { protocolVersion, startFrame } from '../../src/worker/launcher-frames.js';
import { Line, sanitizedLauncher, shell, textOf } from './sanitized.js';

const isRoot = process.getuid?.() === 0;
const users = isRoot
  ? [
      [65534, 65534],
      [1234, 1234],
      [1234, 100],
      [1, 65534],
      [4294967294, 4294967293],
    ]
  : [[process.getuid?.(), process.getgid?.()]];

const { root, begin, binary, server } = sanitizedLauncher();
const folder = mkdtempSync(join(tmpdir(), 'procreg-users-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(users)('a program of the uid %i and the gid %i keeps them in its own namespaces', async (uid, gid) => {
  const runsRoot = root();
  for (const path of [folder, join(binary, '..'), runsRoot]) chmodSync(path, 0o777);
  const masked = join(folder, `masked-${uid}-${gid}`);
  mkdirSync(join(masked, 'hidden'), { recursive: true });
  const socket = join(folder, `${uid}-${gid}.sock`);
  const before = isRoot ? ['setpriv', '--reuid', String(uid), '--regid', String(gid), '--clear-groups'] : [];
  begin(runsRoot, { socket, before });
  const seen = `test "$(id -u) $(id -g) $(ls '${masked}' | wc -l)" = '${uid} ${gid} 0' && test $$ -lt 10 && exit 7`;
  const spec = shell(seen, { level: 'pidns', masked: [masked] });
  const line = (await Line.to(runsRoot, socket)).send(['hello', protocolVersion]).bytes(startFrame(spec));
  const fields = await line.hears('ended', spec.runId);
  expect([fields.text(), fields.number()]).toEqual(['exit', 7]);
  line.socket.end();
});

const named = (groups: number[]) => ({ name: 'any', groups });

test.runIf(isRoot).each(['process', 'pidns'] as const)(
  'at %s a user of the machine has its groups, every other user none but its gid',
  async (level) => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    for (const [user, groups] of [
      [{ uid: 1234, gid: 1235, named: named([1235, 27, 100]) }, '1235 27 100'],
      [{ uid: 1234, gid: 1235 }, '1235'],
    ] as const) {
      const run = await launcher.launch(shell('id -u; id -g; id -G', { level, user }));
      await run.ended;
      expect(await textOf(run)).toBe(`1234\n1235\n${groups}\n`);
      run.release();
    }
  },
);

const many = Array.from({ length: 1025 }, (_, id) => id + 1);
test.each([
  ['groups for root', { uid: 0, gid: 0, named: named([0]) }],
  ['groups for the server’s own user', { uid: -1, gid: -1, named: named([1]) }],
  ['groups for the user of one run', { uid: 1234, gid: 1234, own: true, named: named([1234]) }],
  ['too many groups', { uid: 1234, gid: 1234, named: named(many) }],
  ['a group that is no number', { uid: 1234, gid: 1234, named: named([1.5]) }],
  ['a group that another number would become', { uid: 1234, gid: 1234, named: named([2 ** 32]) }],
  ['a uid that root would become', { uid: 2 ** 32, gid: 1234 }],
  ['a gid that root’s would become', { uid: 1234, gid: 2 ** 32 }],
])('a start with %s ends the connection, and starts nothing', async (_what, user) => {
  const runsRoot = root();
  begin(runsRoot);
  const spec = shell('exit 7', { user });
  const line = (await Line.to(runsRoot)).send(['hello', protocolVersion]);
  await line.hears('hello');
  line.bytes(startFrame(spec));
  await line.closes();
  expect(line.heard.map(({ name }) => name)).toEqual(['hello']);
});
