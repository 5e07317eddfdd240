// The launcher under the address and the undefined-behaviour sanitizer keeps the contract, also with many runs at once.
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { launchLevels } from '../../src/worker/launcher.js';
import { launcherContract } from '../contracts/launcher.contract.js';
import { sanitizedLauncher, shell, textOf, until } from './sanitized.js';

const { root, server, pid } = sanitizedLauncher();
const runsRoot = root();
const launcher = server(runsRoot);
beforeAll(() => launcher.connect());

describe.each(launchLevels)('sanitized, level %s', (level) => {
  launcherContract({ launcher, level, runsRoot });

  test('300 runs at once each end with their own output, and leave no descriptor', async () => {
    const descriptors = () => readdirSync(`/proc/${pid(runsRoot)}/fd`).length;
    // with several starts at once there are all starters, each with its connection
    const first = await Promise.all(Array.from({ length: 20 }, () => launcher.launch(shell('sleep 0.2', { level }))));
    for (const run of first) await run.ended.then(() => run.release());
    await new Promise((resolve) => setTimeout(resolve, 200));
    const before = descriptors();
    const outcomes = Array.from({ length: 300 }, async (_none, index) => {
      const run = await launcher.launch(shell(`sleep 0.5; echo ${index}; exit ${index % 100}`, { level }));
      const { exitCode } = await run.ended;
      const said = await textOf(run);
      run.release();
      return [said, exitCode];
    });
    expect(await Promise.all(outcomes)).toEqual(Array.from({ length: 300 }, (_none, index) => [`${index}\n`, index % 100]));
    await until(() => descriptors() <= before);
  });

  test('a process that escaped and writes without end does not delay the end of its run', async () => {
    const run = await launcher.launch(shell('setsid yes & sleep 0.1; exit 3', { level }));
    expect(await run.ended).toMatchObject({ exitCode: 3, reason: null });
    run.release();
  });

  test('a program that cannot be started leaves no descriptor', async () => {
    const descriptors = () => readdirSync(`/proc/${pid(runsRoot)}/fd`).length;
    const before = descriptors();
    const faults = [
      { exec: '/no' },
      { cwd: '/no' },
      { cgroups: ['/no'] },
      { stdin: { file: '/no' } },
      { stdin: 'live' as const, exec: '/no' },
    ];
    for (const fault of faults) await expect(launcher.launch(shell('', { level, ...fault }))).rejects.toMatchObject({ errno: 'ENOENT' });
    await until(() => descriptors() <= before);
  });
});
