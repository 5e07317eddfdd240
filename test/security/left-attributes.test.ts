// A program that leaves its directory empty, but not as it was: attributes and inherited permissions reach no later run.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grounds, startOn } from '../support/hostile.js';
import { leftAfter } from '../support/processes.js';
import { execute, shell } from '../support/programs.js';
import type { TestServer } from '../support/server.js';

const python = (script: string) => ({ exec: '/usr/bin/python3', argv: ['-c', script] });

/** New files in these folders would be closed even to their owner. */
const leave = `
import os, struct
closed = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", tag, 0, 0xffffffff) for tag in (1, 4, 32))
for folder in (".", os.environ["TMPDIR"]):
    for name, value in (("user.note", b"of the first run"), ("system.posix_acl_default", closed)):
        try:
            os.setxattr(folder, name, value)
        except OSError:
            pass
`;
const look = `
import os
for folder in (".", os.environ["TMPDIR"]):
    path = os.path.join(folder, "mine")
    open(path, "w").write("kept")
    print(open(path).read(), os.listxattr(folder), oct(os.stat(folder).st_mode))
    os.unlink(path)
`;

describe.each(grounds)('%s', (_where, ground) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startOn(ground);
  });
  afterAll(() => server.stop());

  test('the next runs get folders that are as new', async () => {
    for (let count = 0; count < 3; count++) {
      expect((await execute(server, python(leave))).status).toBe(200);
      const { status, text } = await execute(server, python(look));
      expect([status, text]).toEqual([200, 'kept [] 0o40700\n'.repeat(2)]);
    }
  });

  test('an empty directory that was not changed is used again', async () => {
    const directory = async () => (await execute(server, { exec: '/bin/pwd' })).text;
    const first = await directory();
    const later = [await directory(), await directory(), await directory()];
    expect(later).toContain(first);
  });

  test('a run that removes its own directory leaves nothing of it', async () => {
    const { text } = await execute(server, shell('pwd; rm -rf "$TMPDIR" "$PWD" 2>/dev/null; true'));
    const folder = dirname(text.trim());
    const isWhole = () => existsSync(join(folder, 'work')) && existsSync(join(folder, 'tmp'));
    expect(await leftAfter(5000, () => (isWhole() || !existsSync(folder) ? [] : [folder]))).toEqual([]);
  });
});
