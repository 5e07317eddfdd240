// The launcher in C keeps the contract of launchers, at both of its levels.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchLevels } from '../../src/worker/launcher.js';
import { NativeLauncher } from '../../src/worker/native-launcher.js';
import { launchSpec } from '../support/launch-spec.js';
import { projectRoot } from '../support/server.js';
import { launcherContract } from './launcher.contract.js';

const runsRoot = mkdtempSync(join(tmpdir(), 'procreg-runs-'));
const launcher = new NativeLauncher({ binary: join(projectRoot, 'dist/launcher/procreg-launcher'), runsRoot });
beforeAll(() => launcher.connect());
afterAll(() => {
  launcher.close();
  rmSync(runsRoot, { recursive: true });
});

test('a launcher that cannot be started refuses to launch with the reason, and starts by itself once it can be', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-late-'));
  mkdirSync(join(folder, 'runs'));
  const binary = join(folder, 'launcher');
  const late = new NativeLauncher({ binary, runsRoot: join(folder, 'runs') });
  const heard: (string | null)[] = [];
  late.onFault = (fault) => heard.push(fault);
  const missing = { stage: 'launcher', message: expect.stringContaining(`${binary} is missing`) };
  await expect(late.launch(launchSpec({ argv: ['-c', 'exit 7'] }))).rejects.toMatchObject(missing);
  expect(late.fault).toBe(heard[0]);
  cpSync(join(projectRoot, 'dist/launcher/procreg-launcher'), binary);
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual([expect.stringContaining('is missing'), null]);
  const run = await late.launch(launchSpec({ argv: ['-c', 'exit 7'] }));
  expect(await run.ended).toMatchObject({ exitCode: 7 });
  run.release();
  late.close();
  rmSync(folder, { recursive: true });
});

describe.each(launchLevels)('native, level %s', (level) => launcherContract({ launcher, level, runsRoot }));
