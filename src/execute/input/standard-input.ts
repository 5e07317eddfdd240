// Input adapter `file` with stream_name STDIN: prog < message.
import type { LaunchedProcess, LaunchSpec } from '../../worker/launcher.js';
import type { RunStage } from '../run-stage.js';
import type { InputAdapter } from './contract.js';
import { pour } from './pour.js';

export const standardInput: InputAdapter = {
  async prepare({ order }: RunStage): Promise<LaunchSpec['stdin']> {
    if (order.message.kind === 'file') return { file: order.message.path };
    if (order.message.kind === 'inline') return { bytes: Buffer.from(order.message.base64, 'base64') };
    return order.message.kind === 'live' ? 'live' : 'empty';
  },

  async deliver({ message }: RunStage, process: LaunchedProcess): Promise<void> {
    if (message && process.stdin) await pour(message, process.stdin);
  },
};
