// The lines beside a form, as the page prints them: run by curl, procreg and Python, they do what the form would do.
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestClient } from '../support/logged-in-client.js';
import { expectQuiet } from '../support/page.js';
import { declared, show } from '../support/programs.js';
import { opened, page, server, useSignedInPage } from '../support/signed-in-page.js';

const execute = promisify(execFile);
const awkward = `-it's "a"\n$HOME \`x\` \\n üñ 日本 ;&|<>*?[]{}!#~%`;

let client: TestClient;

useSignedInPage();
beforeAll(async () => {
  const { json } = await server.send({ method: 'POST', path: '/api/user/admin/token/', body: { name: 'lines' } });
  client = new TestClient(server.url, json.token);
});
afterAll(() => client.remove());

/** As long as a machine that does much at once may take. */
const eventually = <Value>(read: () => Value | Promise<Value>) => expect.poll(read, { timeout: 20_000 });

const field = (name: string) => page.locator(`#field-${name}`);

async function put(name: string, definition: object): Promise<void> {
  const { status, text } = await server.send({ method: 'PUT', path: `/api/process_definition/${name}/`, body: { definition } });
  expect([200, 201, 204], text).toContain(status);
  await opened.open(`definitions/${name}`);
}

/** A file where the lines are run. */
function file(name: string, content: string): string {
  const path = join(client.folder, name);
  writeFileSync(path, content);
  return path;
}

/** What the lines print that the page shows now. */
async function printed(): Promise<Record<string, string>> {
  const said: Record<string, string> = {};
  for (const name of ['curl', 'procreg', 'Python']) {
    await page.getByRole('radio', { name }).check();
    said[name] = await run(name, (await page.locator('.command pre').last().textContent()) as string);
  }
  return said;
}

async function run(name: string, lines: string): Promise<string> {
  const env = { ...client.environment, PASSWORD: 'secret', TOKEN: 'a secret', LANG: 'C.UTF-8' };
  const command =
    name === 'Python'
      ? ['python3', '-c', lines]
      : ['/bin/sh', '-c', lines.replace('curl -u admin', 'curl -sS --fail-with-body -u admin:secret')];
  const { stdout } = await execute(command[0], command.slice(1), { cwd: client.folder, env });
  return stdout.replace(/\n$/, '');
}

const same = (text: string) => ({ curl: text, procreg: text, Python: text });
const parsed = (said: Record<string, string>) => Object.fromEntries(Object.entries(said).map(([name, text]) => [name, JSON.parse(text)]));
const inEach = (value: unknown) => ({ curl: value, procreg: value, Python: value });

const dashed = { type: 'string', allow_leading_dash: true };

test('Parameters of every kind arrive as they were filled in', async () => {
  const properties = {
    text: dashed,
    tags: { type: 'array', items: { type: 'string' }, allow_leading_dash: true },
    loud: { type: 'boolean', default: true },
    mode: { enum: [1, '-2'] },
    more: { type: 'object' },
  };
  await put('values', show([['${text}'], ['${tags}'], ['loud=${loud}'], ['${mode}'], ['${more}']], declared(properties)));
  await field('text').fill(awkward);
  await page.locator('.list').getByText('Add').click();
  await page.keyboard.insertText('[one');
  await field('loud').uncheck();
  await page.getByRole('radio', { name: '-2' }).check();
  await field('more').fill('{"a": "it\'s"}');
  expect(parsed(await printed())).toEqual(inEach([awkward, '[one', 'loud=false', '-2', '{"a":"it\'s"}']));
  await page.locator('.list').getByText('Add').click();
  await page.keyboard.insertText(awkward);
  expect(parsed(await printed())).toEqual(inEach([awkward, '[one', awkward, 'loud=false', '-2', '{"a":"it\'s"}']));
  expectQuiet(opened);
});

test('Secrets, files and a message go into one form', async () => {
  const argv = ['-c', 'cat "$1"; for one; do printf "<%s>\\n" "$one"; done; cat', 'sh', '${doc}', ['${text}'], '${token}'];
  const stdin = { input_type: 'file', input_parameters: { file_type: 'stream', stream_name: 'STDIN' } };
  const properties = { doc: { format: 'file' }, text: dashed, token: { type: 'string', secret: true } };
  await put('parts', { exec: '/bin/sh', argv, input_adapter: stdin, ...declared(properties, { required: ['doc', 'token'] }) });
  await field('doc').setInputFiles(file("it's; ü, c.txt", 'a file\n'));
  await field('text').fill(awkward);
  await field('token').fill('not shown');
  await field('-message').fill(`@${awkward}`);
  const said = await printed();
  for (const text of Object.values(said)) {
    expect(text).toMatch(/^a file\n<.*it's; ü, c\.txt>\n/);
    expect(text).toContain(`<${awkward}>\n<a secret>\n@${awkward}`);
  }
  expectQuiet(opened);
});

test('A text is the message, and nothing is one where none was written', async () => {
  await put('cat', { exec: '/bin/cat' });
  expect(await printed()).toEqual(same(''));
  await field('-message').fill(`@${awkward}`);
  expect(await printed()).toEqual(same(`@${awkward}`));
  expectQuiet(opened);
});

test('A file goes in, and the result is a file with its name', async () => {
  await put('upper', {
    exec: '/bin/sh',
    argv: ['-c', 'basename "$1" > "$2"; tr a-z A-Z < "$1" >> "$2"', 'sh', '${input_file}', '${output_file}'],
    output_adapter: { output_type: 'file', output_parameters: { file_path: '${output_file}', extension: 'out' } },
  });
  await field('-message').setInputFiles(file("-it's [1].txt", 'content'));
  for (const name of ['curl', 'procreg', 'Python']) {
    await page.getByRole('radio', { name }).check();
    await run(name, (await page.locator('.command pre').last().textContent()) as string);
    const result = join(client.folder, "-it's [1].out");
    expect([name, readFileSync(result, 'utf8')]).toEqual([name, "-it's [1].txt\nCONTENT"]);
    rmSync(result);
  }
  expectQuiet(opened);
});

test('A message of a service is sent to it', async () => {
  await put('listens', { exec: '/bin/sh', argv: ['-c', 'while read -r line; do echo "$line"; done'], process_type: 'service' });
  await field('-message').fill("it's -one");
  await printed();
  const run = (await server.send({ path: '/api/run/?definition=listens' })).json.objects[0].resource_uri;
  await eventually(async () => (await server.send({ path: `${run}log/` })).text).toBe("it's -one\n".repeat(3));
  await server.send({ method: 'DELETE', path: '/api/process_definition/listens/' });
  expectQuiet(opened);
});
