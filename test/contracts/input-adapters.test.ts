// Every input adapter that the server has keeps the contract of input adapters.
import { describe, expect, test } from 'vitest';
import { inputCatalog } from '../../src/execute/input/catalog.js';
import type { InputSubject } from '../../src/execute/plugin-kit/input-contract.js';
import { inputAdapterContract } from './input-adapter.contract.js';

const shell = (script: string, input_type: string, input_parameters: object) => ({
  exec: '/bin/sh',
  argv: ['-c', script],
  input_adapter: { input_type, input_parameters: input_parameters as Record<string, unknown> },
});

const file = { file_path: '${input_file}' };
const pipe = { pipe_path: '${input_pipe}' };
const port = { tcp_port: '${port}' };
const terminated = (message: Buffer) => (message.at(-1) === 10 ? message : Buffer.concat([message, Buffer.from('\n')]));
/** Ends once the file has grown and then rests. */
const untilItRests =
  'while [ ! -s "$1" ]; do sleep 0.02; done; until [ "$(stat -c %s "$1")" = "$n" ]; do n=$(stat -c %s "$1"); sleep 0.3; done; cat "$1"';

const subjects: Record<string, InputSubject> = {
  stream: {
    echo: shell('cat', 'file', { stream_name: 'STDIN', file_type: 'stream' }),
    service: shell('cat', 'file', { file_type: 'stream' }),
  },
  file_path: { echo: shell('cat "${input_file}"', 'file', file) },
  append: {
    echo: { ...shell(untilItRests, 'append', file), argv: ['-c', untilItRests, 'sh', '${input_file}'] },
    service: { ...shell('', 'append', file), exec: '/usr/bin/tail', argv: ['-n', '0', '-F', '${input_file}'] },
    expected: terminated,
  },
  port: {
    echo: shell('socat -u TCP-LISTEN:${port},bind=127.0.0.1 -', 'port', port),
    service: shell('socat -u TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr -', 'port', port),
    ignored: 'input_error',
  },
  pipe: { echo: shell('cat "${input_pipe}"', 'pipe', pipe), service: shell('cat "${input_pipe}"', 'pipe', pipe), ignored: 'input_error' },
};

test('every one that takes a message is tried', () => {
  expect(Object.keys(subjects).sort()).toEqual([...inputCatalog.keys()].filter((kind) => !['none', 'typed'].includes(kind)).sort());
});

describe.each(Object.entries(subjects))('%s', (_kind, subject) => inputAdapterContract(subject));
