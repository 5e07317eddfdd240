import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readStream } from '../../src/model/read-frames.js';
import { protocolVersion, startFrame } from '../../src/worker/launcher-frames.js';
import { childrenOf, descriptorsOf, memoryBytes, zombiesOf } from '../support/processes.js';
import { Line, shell, until } from './sanitized.js';
import { parentOf, starting } from './starting.js';

const { root, server, pid, begin, folder, startersOf, waitingStart } = starting();

describe('starters', () => {
  test('start programs beside each other: a start that takes long holds up no other', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    const slow = [waitingStart(), waitingStart()];
    const starting = slow.map(({ spec }) => launcher.launch(spec));
    for (let count = 0; count < 5; count++) {
      const run = await launcher.launch(shell(`echo ${count}; exit ${count}`));
      expect(await run.ended).toMatchObject({ exitCode: count });
      run.release();
    }
    await until(() => startersOf(runsRoot).length === 3);
    for (const { letGo } of slow) letGo();
    for (const run of await Promise.all(starting)) {
      run.stop({});
      expect(await run.ended).toMatchObject({ reason: 'stop', signal: 'SIGTERM' });
      run.release();
    }
  });

  test('there is one only while starts come one after the other', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    for (let count = 0; count < 5; count++) {
      const run = await launcher.launch(shell('true'));
      await run.ended;
      run.release();
    }
    expect(startersOf(runsRoot)).toHaveLength(1);
  });

  test('a stop that comes before the program has begun ends it', async () => {
    const runsRoot = root();
    const { spec, letGo } = waitingStart({ graceMs: 20_000 });
    const line = (await Line.to(begun(runsRoot))).send(['hello', protocolVersion]).bytes(startFrame(spec));
    line.send(['stop', spec.runId, 0, -1]);
    await until(() => startersOf(runsRoot).length === 1);
    letGo();
    const end = await line.hears('ended', spec.runId);
    expect([end.text(), end.number(), end.text()]).toEqual(['signal', 15, 'stop']);
    line.send(['forget', spec.runId]).socket.end();
  });

  test('share many runs, and leave no descriptor and no zombie', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    const all = async () => {
      const outcomes = Array.from({ length: 100 }, async (_none, index) => {
        const run = await launcher.launch(shell(`sleep 0.3; echo ${index}; exit ${index}`));
        const parent = parentOf(run.pid);
        const { exitCode } = await run.ended;
        run.release();
        return { parent, exitCode };
      });
      return Promise.all(outcomes);
    };
    const outcomes = await all();
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: 100 }, (_none, index) => index));
    const used = new Set(outcomes.map(({ parent }) => parent).filter((parent) => parent > 0));
    const starters = startersOf(runsRoot);
    expect([...used].filter((one) => !starters.includes(one))).toEqual([]);
    expect(used.size).toBeGreaterThan(1);
    const count = () => [pid(runsRoot) as number, ...starters].map(descriptorsOf);
    const before = count();
    await all();
    await until(() => count().every((now, index) => now <= before[index]));
    expect([pid(runsRoot) as number, ...starters].flatMap(zombiesOf)).toEqual([]);
  });

  test('write each begun run to the list, also to the next one', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    const run = async () => {
      const spec = shell('true');
      const started = await launcher.launch(spec);
      await started.ended;
      started.release();
      return spec.runId;
    };
    // an earlier launcher has left a long list
    writeFileSync(join(runsRoot, 'begun'), `${'x'.repeat(63)}\n`.repeat(32_765));
    const ids = [await run(), await run(), await run(), await run(), await run(), await run()];
    const [now, old] = ['begun', 'begun.old'].map((name) => readFileSync(join(runsRoot, name), 'utf8'));
    expect([ids.filter((id) => old.includes(`${id}\n`)).length, now]).toEqual([3, ids.slice(3).join('\n').concat('\n')]);
  });
});

describe('a server that does not read', () => {
  test('gets every end later; the launcher and its starters hold no logs for it meanwhile', async () => {
    const runsRoot = root();
    const line = (await Line.to(begun(runsRoot))).send(['hello', protocolVersion]);
    await line.hears('hello');
    const first = shell('true');
    await line.bytes(startFrame(first)).hears('ended', first.runId);
    line.socket.pause();
    const specs = Array.from({ length: 330 }, () => shell('head -c 60000 /dev/zero'));
    for (const spec of specs) line.bytes(startFrame(spec));
    const spilled = () => specs.filter(({ runId }) => existsSync(join(runsRoot, runId, 'log'))).length;
    await until(() => spilled() > 150);
    line.socket.resume();
    await until(() => line.heard.filter(({ name }) => name === 'ended').length === specs.length + 1, 60_000);
    expect(line.closed).toBe(false);
    line.socket.end();
  });

  test('1 GiB of output is followed in bounded memory, and a program waits while nobody reads its pipe', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    const warm = await launcher.launch(shell('head -c 4000000 /dev/zero'));
    await warm.ended;
    const processes = () => [pid(runsRoot) as number, ...startersOf(runsRoot)];
    const before = new Map(processes().map((one) => [one, memoryBytes(one, 'VmHWM')]));
    const run = await launcher.launch(shell('head -c 1073741824 /dev/zero', { outputLimitBytes: 2 ** 31 }));
    let bytes = 0;
    for await (const chunk of readStream(run.openLog(), { stream: 'stdout', follow: true })) bytes += chunk.length;
    expect(bytes).toBe(2 ** 30);
    for (const [one, was] of before) expect(memoryBytes(one, 'VmHWM') - was).toBeLessThan(16 << 20);
    for (const each of [warm, run]) each.release();
    const halted = await launcher.launch(shell(`while [ ! -e ${folder}/write ]; do sleep 0.05; done; head -c 9000000 /dev/zero`));
    const starter = parentOf(halted.pid);
    process.kill(starter, 'SIGSTOP');
    writeFileSync(join(folder, 'write'), '');
    await until(() => childrenOf(halted.pid).length === 1);
    process.kill(starter, 'SIGCONT');
    expect(await halted.ended).toMatchObject({ exitCode: 0, stdout: { bytes: 9_000_000 } });
    halted.release();
  });
});

function begun(runsRoot: string): string {
  begin(runsRoot);
  return runsRoot;
}
