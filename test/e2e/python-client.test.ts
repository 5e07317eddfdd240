// contrib/python/typed_client.py: the module that it writes is right for every definition, under mypy --strict, and carries every kind of parameter.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { basic } from '../support/mcp.js';
import { oddDefinitions } from '../support/odd-definitions.js';
import { declared, needed, shellWith, show, store } from '../support/programs.js';
import { adminLogin, projectRoot, startServer, type TestServer } from '../support/server.js';

const stdin = { input_adapter: { input_type: 'file', input_parameters: { file_type: 'stream', stream_name: 'STDIN' } } };
const none = { input_adapter: { input_type: 'none' } };
const file = { type: 'string', format: 'file' };
const folder = mkdtempSync(join(tmpdir(), 'procreg-python-'));
let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.stop();
});

const run = async (program: string, words: string[]) =>
  (await promisify(execFile)(program, words, { cwd: folder, env: { PATH: process.env.PATH, HOME: folder } })).stdout;

/** What this script prints with the module of all definitions; it is checked before. */
async function said(script: string): Promise<string> {
  writeFileSync(join(folder, 'openapi.json'), (await server.send({ path: '/api/process_definition/openapi.json' })).text);
  writeFileSync(join(folder, 'programs.py'), await run('python3', [join(projectRoot, 'contrib/python/typed_client.py'), 'openapi.json']));
  const head = `from programs import Failed, Programs\nprograms = Programs(${JSON.stringify(server.url)}, "${basic(adminLogin)}")\n`;
  writeFileSync(join(folder, 'script.py'), head + script);
  await run('mypy', ['--strict', 'programs.py', 'script.py']);
  return run('python3', ['script.py']);
}

test('Each kind of parameter arrives as it was given', async () => {
  const asJson = show(['${class}', '${list}', '${flag}', '${object}'], none);
  const typed = { class: { type: 'string' }, list: { type: 'array', items: { type: 'integer' } }, flag: { type: 'boolean' } };
  const object = { type: 'object', properties: { a: { type: 'integer' } } };
  const definitions = {
    'as-json': { ...asJson, ...needed({ ...typed, object }) },
    'as-query': { ...asJson, ...stdin, ...needed({ ...typed, object }) },
    files: {
      ...shellWith('cat "$@"; cat; basename "$1"', ['${files}'], stdin),
      ...declared({ files: { type: 'array', items: file }, word: { type: 'string' } }, { required: ['files'] }),
    },
    from: { exec: 'cat' },
    fails: { exec: 'sh', argv: ['-c', 'echo why >&2; exit 3'] },
    optional: { ...show([['${word}'], ['${body}']], none), ...declared({ word: { type: 'string' }, body: { type: 'integer' } }) },
  };
  for (const [name, definition] of Object.entries(definitions)) expect((await store(server, { ...definition, name })).status).toBe(201);
  const given = 'class_="a b&c=ä", list=[1, 2], flag=True, object={"a": 1}';
  const script = `
from pathlib import Path
print(programs.as_json(${given}).json())
print(programs.as_query("", ${given}).json())
Path('a "b".txt').write_text("first ")
print(programs.files(files=[Path('a "b".txt'), b"second "], message=b"message ").text, end="")
print(programs.from_(bytes(range(256))).content == bytes(range(256)), programs.from_("ä").text, programs.from_(Path('a "b".txt')).text)
print(programs.optional(word="w").json(), programs.optional(body=0).json())
try:
    programs.fails("")
except Failed as failed:
    print(failed.status, failed.code, failed.exit_code, failed.stderr, end="")
`;
  const values = "['a b&c=ä', '1', '2', 'true', '{\"a\":1}']";
  expect(await said(script)).toBe(`${values}\n${values}\nfirst second message a "b".txt\nTrue ä first \n['w'] ['0']\n422 exit 3 why\n`);
});

test('A module of a hundred odd definitions has a method each, and is right under mypy --strict', async () => {
  await store(server, { name: 'hostile', exec: 'true', description: `'''\n"""\nraise SystemExit(9)\n"""\\` });
  for (const definition of oddDefinitions(100, 0)) expect((await store(server, definition)).status).toBe(201);
  const count = Object.keys((await server.send({ path: '/api/process_definition/openapi.json' })).json.paths).length;
  const printed = await said('print(sum(callable(one) for name, one in vars(Programs).items() if not name.startswith("__")))\n');
  // and the four of the module itself
  expect(Number(printed)).toBe(count + 4);
});
