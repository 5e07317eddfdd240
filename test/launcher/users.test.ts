// The launcher of an ordinary user: its programs have namespaces, in which they stay this user, whatever its numbers are.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { protocolVersion, startFrame } from '../../src/worker/launcher-frames.js';
import { Line, sanitizedLauncher, shell } from './sanitized.js';

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

const { root, begin, binary } = sanitizedLauncher();
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
