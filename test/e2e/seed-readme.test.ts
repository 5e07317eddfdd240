// The definitions that the seed's README shows: stored as they are written there, given back the same, and run.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';
/** The README's blocks; only their missing comma, colon and quote are mended. */
const blocks: Record<string, { exec: string }> = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/seed-readme.json'), 'utf8'),
);
const { format, ...examples } = blocks;

let server: TestServer;
let folder: string;
beforeAll(async () => {
  server = await startServer();
  folder = mkdtempSync(join(tmpdir(), 'procreg-seed-'));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function store(definition: object): Promise<string> {
  const { status, headers, text } = await server.send({ method: 'POST', path: list, body: { definition } });
  expect([status, text]).toEqual([201, '']);
  return String(headers.location);
}

const execute = (path: string, query: string, body?: Buffer | string) =>
  server.send({ method: 'POST', path: `${path}execute/${query}`, body });

test('the README has seven blocks', () => {
  const names = ['format', 'stream-input', 'path-input', 'stream-output', 'path-output', 'tr', 'ffmpeg'];
  expect(Object.keys(blocks)).toEqual(names);
});

test.each(Object.entries(examples))('%s is stored and given back as it was sent', async (_name, definition) => {
  const path = await store(definition);
  const { json, text } = await server.send({ path });
  expect(json.definition).toEqual(definition);
  expect(text).toContain(JSON.stringify(definition));
});

test('the format block is refused with 400, naming the known adapter types and process types', async () => {
  const { status, json } = await server.send({ method: 'POST', path: list, body: { definition: format } });
  expect(status).toBe(400);
  expect(json.faults).toHaveLength(3);
  const expected: Record<string, string[]> = {
    process_type: ['typeofprocess', 'single', 'service'],
    'input_adapter.input_type': ['intype', 'file', 'append', 'port', 'pipe', 'none'],
    'output_adapter.output_type': ['outtype', 'file', 'append', 'port', 'pipe', 'directory', 'none'],
  };
  for (const { path, message } of json.faults) {
    expect(Object.keys(expected)).toContain(path);
    for (const word of expected[path]) expect(message).toContain(word);
  }
});

test('the format block with known types is stored, and executing it says that its application is unknown', async () => {
  const definition = {
    ...format,
    process_type: 'single',
    input_adapter: { input_type: 'port', input_params: { chunk_size: '10KB', tcp_port: 8090 } },
    output_adapter: { output_type: 'file', output_params: { file: 'path/to/file' } },
  };
  const path = await store(definition);
  expect((await server.send({ path })).json.definition).toEqual(definition);
  const { status, json } = await execute(path, '', 'x');
  expect([status, json.code]).toEqual([409, 'unknown_application']);
  expect(json.error).toContain('host');
});

test('tr removes every x', async () => {
  expect((await execute(await store(blocks.tr), '', 'axbxxc\n')).text).toBe('abc\n');
});

test.each([
  [
    'args and input_params',
    { args: ['-c', 'cat "$0"', '${input_file}'], input_adapter: { input_type: 'file', input_params: { file_path: '${input_file}' } } },
  ],
  [
    'output_params with file_path',
    {
      args: ['-c', 'tee "$0" > /dev/null', '${output_file}'],
      output_adapter: { output_type: 'file', output_params: { file_path: '${output_file}' } },
    },
  ],
  ['output_params with file', { args: ['-c', 'cat > a.out'], output_adapter: { output_type: 'file', output_params: { file: 'a.out' } } }],
])('a definition that says %s runs', async (_what, adapters) => {
  const { status, text } = await execute(await store({ exec: '/bin/sh', ...adapters }), '', 'the message');
  expect([status, text]).toEqual([200, 'the message']);
});

test('a program that does not exist is stored, and is a spawn_error that names it when it is executed', async () => {
  const { status, json } = await execute(await store(blocks['stream-input']), '', 'x');
  expect([status, json.code]).toEqual([422, 'spawn_error']);
  expect(json.error).toContain('someproc');
});

test('ffmpeg turns a WAV into an MP3', async () => {
  const [wav, mp3] = [join(folder, 'sine.wav'), join(folder, 'sine.mp3')];
  execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', 'sine=frequency=440:duration=2', wav]);
  const path = await store({ ...blocks.ffmpeg, exec: '/usr/bin/ffmpeg' });
  const { status, headers, bytes } = await execute(path, '?output_file=a.mp3', readFileSync(wav));
  expect([status, headers['content-type'], headers['exit-code']]).toEqual([200, 'audio/mpeg', '0']);
  writeFileSync(mp3, bytes);
  const asked = ['-v', 'error', '-show_entries', 'format=format_name,duration:stream=codec_name', '-of', 'json', mp3];
  const { format: found, streams } = JSON.parse(execFileSync('ffprobe', asked, { encoding: 'utf8' }));
  expect([found.format_name, streams[0].codec_name]).toEqual(['mp3', 'mp3']);
  expect(Math.abs(Number(found.duration) - 2)).toBeLessThan(0.2);
});
