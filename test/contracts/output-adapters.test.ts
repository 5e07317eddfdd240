// Every output adapter that the server has keeps the contract of output adapters.
import { describe, expect, test } from 'vitest';
import { outputCatalog } from '../../src/execute/output/catalog.js';
import type { OutputSubject } from '../../src/execute/plugin-kit/output-contract.js';
import { outputAdapterContract } from './output-adapter.contract.js';

const shell = (script: string, output_type: string, output_parameters: object) => ({
  exec: '/bin/sh',
  argv: ['-c', script],
  output_adapter: { output_type, output_parameters: output_parameters as Record<string, unknown> },
});

const three = 'printf "one\\ntwo\\nth"; sleep 0.1; printf "ree\\n"; sleep 60';
const pipe = { pipe_path: '${output_pipe}' };
const port = { tcp_port: '${port}' };
const listen = 'TCP-LISTEN:${port},bind=127.0.0.1';

const subjects: Record<string, OutputSubject> = {
  stream: {
    echo: shell('cat', 'file', { file_type: 'stream', stream_name: 'STDOUT' }),
    service: shell(three, 'file', { file_type: 'stream' }),
    missing: 'exit',
  },
  'stream STDERR': {
    echo: shell('cat >&2', 'file', { file_type: 'stream', stream_name: 'STDERR' }),
    service: shell(`echo other; exec 1>&2; ${three}`, 'file', { file_type: 'stream', stream_name: 'STDERR' }),
    missing: 'exit',
  },
  file_path: { echo: shell('cat > "${output_file}"', 'file', { file_path: '${output_file}' }) },
  'file_path in the cwd': { echo: shell('mkdir sub; cat > sub/out', 'file', { file_path: 'sub/out' }) },
  append: {
    echo: shell('cat >> "${output_file}"', 'append', { file_path: '${output_file}' }),
    service: shell(`exec >> "$\{output_file}"; ${three}`, 'append', { file_path: '${output_file}' }),
  },
  port: { echo: shell(`socat -u - ${listen}`, 'port', port), service: shell(`(${three}) | socat -u - ${listen}`, 'port', port) },
  pipe: { echo: shell('cat > "${output_pipe}"', 'pipe', pipe), service: shell(`exec > "$\{output_pipe}"; ${three}`, 'pipe', pipe) },
  directory: { echo: shell('cat > output/file', 'directory', { directory: 'output', format: 'file' }) },
  none: { echo: shell('cat', 'none', {}), expected: () => null, missing: 'exit' },
};

test('every one is tried', () => {
  expect(new Set(Object.keys(subjects).map((name) => name.split(' ')[0]))).toEqual(new Set(outputCatalog.keys()));
});

describe.each(Object.entries(subjects))('%s', (_kind, subject) => outputAdapterContract(subject));
