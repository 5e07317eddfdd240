// The launcher does not trust what comes over its socket: other users, other versions, broken frames, noise.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodeLaunchFrame, protocolVersion, startFrame } from '../../src/worker/launcher-frames.js';
import { exitRecord } from '../../src/worker/run-recovery.js';
import { projectRoot } from '../support/server.js';
import { compileSanitized, Line, sanitizedLauncher, sanitizerReports, shell, until } from './sanitized.js';

const { root, begin, pid } = sanitizedLauncher();
const folder = mkdtempSync(join(tmpdir(), 'procreg-frames-'));
afterAll(() => rmSync(folder, { recursive: true }));

const runsRoot = root();
begin(runsRoot);
const greeted = async () => (await Line.to(runsRoot)).send(['hello', protocolVersion]);

/** The same numbers in each run of the tests. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('an invalid frame ends its connection, and no other', async () => {
  const length = (bytes: number) => {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(bytes);
    return head;
  };
  const before = pid(runsRoot);
  const broken = [
    length(0),
    length((8 << 20) + 1),
    length(0xffffffff),
    Buffer.concat([length(3), Buffer.from('abc')]),
    encodeLaunchFrame(['no-such-frame', 'id']),
    encodeLaunchFrame(['stop']),
    encodeLaunchFrame(['start', 'id']),
    encodeLaunchFrame(['start', '../id', 'process']),
    encodeLaunchFrame(['start', 'x'.repeat(64), 'process']),
    encodeLaunchFrame(['hello', protocolVersion]),
  ];
  for (const bytes of broken) {
    const line = await greeted();
    await line.hears('hello');
    await line.bytes(bytes).closes();
  }
  expect(pid(runsRoot)).toBe(before);
});

test('a frame may come in pieces, and one that stays incomplete is dropped with its connection', async () => {
  const spec = shell('exit 2');
  const line = await greeted();
  for (const byte of startFrame(spec)) line.bytes(Buffer.of(byte));
  expect((await line.hears('ended', spec.runId)).text()).toBe('exit');
  line.bytes(startFrame(shell('exit 1')).subarray(0, 50)).socket.end();
  await line.closes();
});

test('a server of another version is told the version of the launcher, and does not replace the present server', async () => {
  const server = await greeted();
  await server.hears('hello');
  const other = (await Line.to(runsRoot)).send(['hello', '99']);
  await other.closes();
  expect(other.heard.map(({ name, id }) => [name, id])).toEqual([['hello', protocolVersion]]);
  const spec = shell('exit 0');
  await server.bytes(startFrame(spec)).hears('ended', spec.runId);
  expect(server.closed).toBe(false);
});

test.for([65534, 1234])('a peer of another user, uid %i, is refused', async (uid, context) => {
  if (process.getuid?.() !== 0) return context.skip('only root can be another user for once');
  const socket = join(folder, `open-${uid}.sock`);
  begin(root(), { socket });
  await until(() => existsSync(socket));
  chmodSync(folder, 0o755);
  chmodSync(socket, 0o777);
  const script = 'import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); print(len(s.recv(1)))';
  expect(execFileSync('python3', ['-c', script, socket], { uid, gid: uid, encoding: 'utf8', cwd: '/' })).toBe('0\n');
});

test('without descriptors a start fails, and later starts succeed', async () => {
  const narrow = root();
  begin(narrow, { before: ['prlimit', '--nofile=48'] });
  const line = (await Line.to(narrow)).send(['hello', protocolVersion]);
  // each starter has as many descriptors
  const specs = Array.from({ length: 90 }, () => shell('sleep 1', { level: 'process' }));
  for (const spec of specs) line.bytes(startFrame(spec));
  const count = (name: string) => line.heard.filter((frame) => frame.name === name).length;
  await until(() => count('failed') + count('ended') === specs.length);
  expect(count('failed')).toBeGreaterThan(10);
  for (const { name, fields } of line.heard) if (name === 'failed') expect(fields.number()).toBe(24);
  for (const spec of specs) line.send(['forget', spec.runId]);
  for (const level of ['process', 'pidns'] as const) {
    const spec = shell('exit 0', { level });
    await line.bytes(startFrame(spec)).hears('ended', spec.runId);
  }
  line.socket.end();
});

test('a server that does not read is disconnected, and the ends that it did not read are in files', async () => {
  const line = await greeted();
  await line.hears('hello');
  line.socket.pause();
  const specs = Array.from({ length: 330 }, () => shell('head -c 60000 /dev/zero', { level: 'pidns' }));
  for (const spec of specs) line.bytes(startFrame(spec));
  await until(() => specs.every(({ runId }) => exitRecord(runsRoot, runId) !== null));
  for (const { runId } of specs) expect(exitRecord(runsRoot, runId)).toMatchObject({ end: { exitCode: 0, stdout: { bytes: 60_000 } } });
  line.socket.resume();
  await line.closes();
});

test('mutated commands end their connection or do nothing', async () => {
  const random = numbers(20_240_611);
  const before = pid(runsRoot);
  const valid = (round: number) => [
    startFrame(shell('exit 1', { runId: `fuzz-${round}`, level: round % 4 === 0 ? 'pidns' : 'process', timeoutMs: 500, graceMs: 50 })),
    ...['stop', 'signal', 'resize', 'data', 'close-input', 'again', 'follow', 'end', 'detach', 'forget'].map((name) =>
      encodeLaunchFrame([name, `fuzz-${round}`, random(70), random(3) - 1]),
    ),
  ];
  for (let round = 0; round < 300; round++) {
    const line = await greeted();
    const bytes = Buffer.concat(valid(round).filter(() => random(3) > 0));
    for (let count = random(4); count > 0 && bytes.length > 0; count--) bytes[random(bytes.length)] = random(256);
    line.bytes(bytes).socket.end();
    await line.closes();
  }
  const line = await greeted();
  const spec = shell('exit 0');
  await line.bytes(startFrame(spec)).hears('ended', spec.runId);
  expect(pid(runsRoot)).toBe(before);
  line.socket.end();
});

test('the parser of frames takes 200,000 inputs, mutated and random', () => {
  const harness = compileSanitized(folder, ['frame.c'], [join(projectRoot, 'test/launcher/frame-harness.c')]);
  const said = execFileSync(harness, ['200000'], { encoding: 'utf8' });
  expect(sanitizerReports(folder)).toBe('');
  expect(said).toMatch(/^inputs 200000 frames [1-9]\d{4,} lists [1-9]\d{3,}\n$/);
});
