// What an author may have meant otherwise: validate/ and every write say it, and store the definition as it is.
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { declared } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';
const folder = mkdtempSync(join(tmpdir(), 'procreg-warnings-'));
const script = join(folder, 'script');
const isRoot = process.getuid?.() === 0;
const text = { type: 'string' };
const preferred = { prefer: 'return=representation' };

let server: TestServer;
beforeAll(async () => {
  chmodSync(folder, 0o755);
  writeFileSync(script, '#!/bin/sh\n', { mode: 0o644 });
  server = await startServer({ RUN_AS_USERS: 'daemon' });
  await server.user('vera:pw', 'viewer');
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const meant = (key: string, near: string, where = '') => `unknown key \`${key}\`${where && ` in ${where}`}; did you mean \`${near}\`?`;
const inputs = 'input_adapter.input_parameters';
const cases: [definition: object, expected: Record<string, string>][] = [
  [{ argv: ['x'], environment: { TIMOUT: '1' }, tags: ['timout'] }, {}],
  [{ timout: 5 }, { timout: meant('timout', 'timeout') }],
  [
    { Max_Parallell: 1, env: {} },
    { Max_Parallell: meant('Max_Parallell', 'max_parallel'), env: meant('env', 'environment') },
  ],
  [{ zulu: 1 }, { zulu: 'unknown key `zulu`; it is kept and has no effect' }],
  [{ limits: { memry: 1 } }, { 'limits.memry': meant('memry', 'memory', 'limits') }],
  [{ stop: { singal: 'INT' } }, { 'stop.singal': meant('singal', 'signal', 'stop') }],
  [{ examples: [{}, { mesage: '' }] }, { 'examples[1].mesage': meant('mesage', 'message', 'examples[1]') }],
  [
    { argv: [{ when: 'a', args: ['x'], arg: 'y' }], ...declared({ a: { type: 'boolean' } }) },
    { 'argv[0].arg': meant('arg', 'args', 'argv[0]') },
  ],
  [
    { input_adapter: { input_type: 'none', input_param: {} } },
    { 'input_adapter.input_param': meant('input_param', 'input_params', 'input_adapter') },
  ],
  [
    { input_adapter: { input_type: 'file', input_parameters: { file_pth: 'a' } } },
    { [`${inputs}.file_pth`]: meant('file_pth', 'file_path', inputs) },
  ],
  [{ lane: 'ioo' }, { lane: 'unknown lane `ioo`; did you mean `io`?' }],
  [{ lane: 'render' }, { lane: 'unknown lane `render`; known are io' }],
  [
    { argv: [['${a}']], ...declared({ a: { ...text, patern: 'x', unit: 'kbit' } }) },
    { 'parameters.properties.a.patern': meant('patern', 'pattern', 'parameters.properties.a') },
  ],
  [{ argv: [['${a}']], ...declared({ a: text, b: text }) }, { 'parameters.properties.b': 'the parameter `b` is never used' }],
  [{ environment: { A: '${a}' }, cwd: 'x/${b}', ...declared({ a: text, b: { ...text, default: 'b' } }) }, {}],
  [
    { argv: [['${bitrate}']], ...declared({ bitrate: text }, { required: ['bitrat'] }) },
    { 'parameters.required': "`bitrat` is required but not declared (did you mean 'bitrate'?)" },
  ],
  [
    { argv: [['${a}']], ...declared({ a: text }), examples: [{ message: 'abc' }, {}] },
    { 'examples[0].message': 'the definition takes no message' },
  ],
  [{ argv: [['${a}']], ...declared({ a: text }), input_adapter: { input_type: 'file' }, examples: [{ message: 'abc' }] }, {}],
  [{ exec: '/nowhere/tool' }, { exec: 'cannot be started now: the program /nowhere/tool does not exist' }],
  [{ exec: './run.sh', files: { 'run.sh': '#!/bin/sh\n' } }, {}],
  [{ exec: './run.sh', files: { 'other.sh': '#!/bin/sh\n' } }, { exec: "nor one of the definition's files" }],
  [{ exec: 'run.sh', files: { 'run.sh': '#!/bin/sh\n' } }, { exec: 'did you mean `./run.sh`' }],
  [{ exec: 'no-such-tool' }, { exec: "no program 'no-such-tool' in the PATH of runs" }],
];

test.each(cases)('validate/ says of %j what may have been meant', async (definition, expected) => {
  const body = { definition: { exec: '/bin/true', ...definition } };
  const { status, json } = await server.send({ method: 'POST', path: `${list}validate/`, body });
  expect([status, json.valid]).toEqual([200, true]);
  const warnings: { path: string; message: string }[] = json.warnings;
  expect(warnings.map(({ path }) => path).sort()).toEqual(Object.keys(expected).sort());
  for (const { path, message } of warnings) expect(message).toContain(expected[path]);
});

test('a program that the user of runs may not start is named with the ways out, to users who may store definitions', async () => {
  const sent = { method: 'POST', path: `${list}validate/`, body: { definition: { exec: script } } };
  const { json } = await server.send(sent);
  for (const part of ['may not execute', script, '0644', '`files`', '`run_as`', '`chmod`'])
    expect(json.warnings[0].message).toContain(part);
  expect((await server.send({ ...sent, login: 'vera:pw' })).json.warnings).toEqual([]);
});

test.runIf(isRoot)('a program is looked at as the user of run_as', async () => {
  const tool = join(folder, 'tool');
  writeFileSync(tool, '#!/bin/sh\n', { mode: 0o700 });
  chownSync(tool, Number(execFileSync('id', ['-u', 'daemon'], { encoding: 'utf8' })), 0);
  const warningsOf = async (more: object) =>
    (await server.send({ method: 'POST', path: `${list}validate/`, body: { definition: { exec: tool, ...more } } })).json.warnings;
  expect([(await warningsOf({})).length, await warningsOf({ run_as: 'daemon' })]).toEqual([1, []]);
});

test('a hundred warnings are listed and the others counted', async () => {
  const keys = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`key-${index}-of-many-that-are-long`, 1]));
  const { json } = await server.send({ method: 'POST', path: `${list}validate/`, body: { definition: { exec: '/bin/true', ...keys } } });
  expect([json.warnings.length, json.more_warnings]).toEqual([100, 4900]);
});

describe('a write', () => {
  const wrong = { definition: { exec: '/bin/true', timout: 5, 'schlüssel "x"': 1 } };
  const messages = [meant('timout', 'timeout'), 'unknown key `schlüssel "x"`; it is kept and has no effect'];
  const shown = [`299 - "${messages[0]}"`, '299 - "unknown key `schl%C3%BCssel \\"x\\"`; it is kept and has no effect"'];

  test.each(['POST', 'PUT', 'PATCH'])('by %s stores the definition, and says it in the header Warning, or in the data', async (method) => {
    const path = method === 'POST' ? list : String((await server.send({ method: 'POST', path: list, body: wrong })).headers.location);
    const empty = await server.send({ method, path, body: wrong });
    expect([Math.floor(empty.status / 100), empty.headers.warning, empty.text]).toEqual([2, shown.join(', '), '']);
    const { headers, json } = await server.send({ method, path, body: wrong, headers: preferred });
    expect([headers.warning, json.definition]).toEqual([undefined, wrong.definition]);
    expect(json.warnings.map(({ message }: { message: string }) => message)).toEqual(messages);
    expect((await server.send({ path: json.resource_uri })).json).not.toHaveProperty('warnings');
  });

  test.each(['PUT', 'PATCH'])('of a list by %s says it of each member', async (method) => {
    const body = { objects: [{ definition: { exec: '/bin/true' } }, wrong] };
    const { headers } = await server.send({ method, path: list, body });
    expect(headers.warning).toBe(shown.map((line) => line.replace('"', '"objects[1]: ')).join(', '));
    const { objects } = (await server.send({ method, path: list, body, headers: preferred })).json;
    expect(objects.map(({ warnings = [] }: { warnings?: object[] }) => warnings.length)).toEqual([0, 2]);
  });

  test('of many members has a header of bounded length', async () => {
    const { headers, status } = await server.send({ method: 'PUT', path: list, body: { objects: Array(1000).fill(wrong) } });
    expect([status, headers.warning?.length]).toEqual([204, expect.any(Number)]);
    expect(String(headers.warning).length).toBeLessThan(5000);
    expect(headers.warning).toMatch(/, 299 - "and 1980 more"$/);
  });
});

test.each([
  ['POST', `/api/run/`, { definition: 'x', parameter: {} }, "unknown key 'parameter' (did you mean 'parameters'?)"],
  ['GET', '/api/run/?stat=finished', undefined, "unknown filter 'stat' (did you mean 'state'?)"],
])('%s %s names the key that may have been meant where an unknown one is refused', async (method, path, body, sentence) => {
  const { status, json } = await server.send({ method, path, ...(body && { body }) });
  expect([status, json.error]).toEqual([400, expect.stringContaining(sentence)]);
});

test('execute/ names the parameter that may have been meant', async () => {
  const body = { definition: { exec: '/bin/echo', argv: [['${bitrate}']], ...declared({ bitrate: text }) } };
  const { headers } = await server.send({ method: 'POST', path: list, body });
  const { json } = await server.send({ method: 'POST', path: `${headers.location}execute/?bitrat=1` });
  expect(json.error).toContain("parameter 'bitrat' is not declared (did you mean 'bitrate'?)");
});
