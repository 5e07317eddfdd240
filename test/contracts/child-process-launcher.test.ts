// The launcher on Node's child_process keeps the contract of launchers.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { ChildProcessLauncher } from '../../src/worker/child-process-launcher.js';
import { launcherContract } from './launcher.contract.js';

const runsRoot = mkdtempSync(join(tmpdir(), 'procreg-runs-'));
afterAll(() => rmSync(runsRoot, { recursive: true }));

describe('child_process', () => launcherContract({ launcher: new ChildProcessLauncher(runsRoot), level: 'process', runsRoot }));
