// The launcher in C keeps the contract of launchers, at both of its levels.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { launchLevels } from '../../src/worker/launcher.js';
import { NativeLauncher } from '../../src/worker/native-launcher.js';
import { projectRoot } from '../support/server.js';
import { launcherContract } from './launcher.contract.js';

const runsRoot = mkdtempSync(join(tmpdir(), 'procreg-runs-'));
const launcher = new NativeLauncher({ binary: join(projectRoot, 'dist/launcher/procreg-launcher'), runsRoot });
beforeAll(() => launcher.connect());
afterAll(() => {
  launcher.close();
  rmSync(runsRoot, { recursive: true });
});

describe.each(launchLevels)('native, level %s', (level) => launcherContract({ launcher, level, runsRoot }));
