// A program that wants more rights than it was given: by setuid programs, mounts, groups, descriptors, the launcher's socket.
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRoot, partedGrounds, startOn } from '../support/hostile.js';
import { execute } from '../support/programs.js';
import type { TestServer } from '../support/server.js';

const probe = readFileSync(join(import.meta.dirname, 'probes/rights.py'), 'utf8');

describe.each(partedGrounds)('%s', (_where, ground) => {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-setuid-'));
  const setuid = join(folder, 'id');
  let server: TestServer;
  // biome-ignore lint/suspicious/noExplicitAny: the probe's own words
  let result: any;
  let uid: string;

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    copyFileSync('/usr/bin/id', setuid);
    chmodSync(setuid, isRoot ? 0o6755 : 0o755);
    server = await startOn(ground);
    const socket = join(tmpdir(), `procreg-${ground.options.uid ?? process.getuid?.()}`);
    const given = { setuid, socket, masked: server.dataDir };
    const answer = await execute(server, { exec: '/usr/bin/python3', argv: ['-c', probe, JSON.stringify(given)] });
    expect(answer.status, answer.text).toBe(200);
    result = JSON.parse(answer.text);
    uid = result.Uid.split('\t')[0];
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  test('it has one user, one group, no capability, and cannot get others', () => {
    if (isRoot) expect(Number(uid)).toBeGreaterThan(0);
    expect(result.Uid).toBe([uid, uid, uid, uid].join('\t'));
    expect(new Set(result.Gid.split('\t')).size).toBe(1);
    if (isRoot) expect(result.Groups.trim()).toBe('');
    expect([result.CapPrm, result.CapEff, result.CapAmb].map((set) => Number.parseInt(set, 16))).toEqual([0, 0, 0]);
    expect(result.NoNewPrivs).toBe('1');
  });

  test('a setuid program gives it no rights', () => {
    expect(result.setuid).toBe(uid);
  });

  test('it cannot mount anything, or become another user', () => {
    expect(result.mounted).toEqual([]);
    const refused = /Operation not permitted|Invalid argument/;
    for (const call of ['setuid call', 'setgroups call', 'chroot call']) expect(result[call], call).toMatch(refused);
  });

  test('it has inherited no descriptor', () => {
    expect(result.descriptors).toEqual([]);
  });

  test('the launcher’s socket is out of its reach', () => {
    expect(result['socket reached']).not.toMatch(/^connected/);
    if (isRoot && ground.options.uid === undefined) expect(result['socket written']).toBe('Permission denied');
  });

  test('as root in its own user namespace it cannot look behind the mount that hides DATA_DIR', () => {
    expect(result['behind the mask'].filter((name: string) => name !== 'work')).toEqual([]);
  });
});
