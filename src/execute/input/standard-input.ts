// Input adapter `file` with stream_name STDIN: prog < message.

import type { Readable } from 'node:stream';
import { CodedError } from '../../model/coded-error.js';
import type { LaunchedProcess, LaunchSpec } from '../../worker/launcher.js';
import { framingOf, wholeMessage } from '../io/framing.js';
import type { InputAdapter, MessageSink } from '../io/input-adapter.js';
import type { RunContext } from '../run/run-context.js';
import { pipeMessage } from './pipe-message.js';
import { sinkInto } from './sink-into.js';

export const standardInput: InputAdapter = {
  async prepare({ order }: RunContext): Promise<LaunchSpec['stdin']> {
    if (order.definition.process_type === 'service') return 'held';
    if (order.message.kind === 'file') return { file: order.message.path };
    if (order.message.kind === 'inline') return { bytes: Buffer.from(order.message.base64, 'base64') };
    return order.message.kind === 'live' ? 'live' : 'empty';
  },

  async deliver({ message }: RunContext, process: LaunchedProcess): Promise<void> {
    if (message && process.stdin) await pipeMessage(message, process.stdin);
  },

  async open({ input }: RunContext, process: LaunchedProcess): Promise<MessageSink> {
    if (!process.stdin) throw new CodedError('input_error', 'the program has closed its stdin');
    const frames = (message: Readable) => wholeMessage(message, framingOf(input));
    return sinkInto({ stream: process.stdin, frames, name: 'its stdin', close: () => {} });
  },
};
