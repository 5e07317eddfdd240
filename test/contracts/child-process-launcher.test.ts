// The launcher on Node's child_process keeps the contract of launchers.
import { describe } from 'vitest';
import { ChildProcessLauncher } from '../../src/worker/child-process-launcher.js';
import { launcherContract } from './launcher.contract.js';

describe('child_process', () => launcherContract(new ChildProcessLauncher()));
