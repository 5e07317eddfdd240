// A script that is dropped on New program, in a browser: the server reads what it asks for, and it becomes a form, and then a definition.
import { expect, test } from 'vitest';
import { seriousOf } from '../support/axe.js';
import { expectQuiet } from '../support/page.js';
import { opened, page, server, storedDefinition as stored, useNewProgram, useSignedInPage } from '../support/signed-in-page.js';

useSignedInPage();
useNewProgram();

const list = '/api/process_definition/';
const words = () => page.locator('.words');

/** Files, by their names, are dropped on the page. */
async function drop(files: Record<string, string | number[]>): Promise<void> {
  const dropped = await page.evaluateHandle(`(() => {
    const data = new DataTransfer();
    for (const [name, content] of Object.entries(${JSON.stringify(files)}))
      data.items.add(new File([typeof content === 'string' ? content : new Uint8Array(content)], name));
    return data;
  })()`);
  await page.dispatchEvent('.source', 'drop', { dataTransfer: dropped });
}

test('A dropped script is stored with its definition, and asks for its arguments', async () => {
  const script = '#!/usr/bin/env python3\nimport sys\nprint(sys.argv[1] * int(sys.argv[2]))\n';
  await drop({ 'repeat.py': script });
  await page.fill('#field-arg1', 'ab');
  await page.fill('#field-arg2', '3');
  await page.click('text=Try it');
  await expect.poll(() => page.locator('.trial').textContent()).toContain('ababab');
  await page.locator('.named input').last().fill('times');
  await page.locator('.named input').last().blur();
  await page.locator('.words summary', { hasText: 'times' }).click();
  await page.locator('.menu[open] button', { hasText: 'Number' }).click();
  await page.click('text=Save as repeat');
  await page.waitForURL('**/ui/definitions/repeat');
  expect(await stored('repeat')).toMatchObject({
    exec: './repeat.py',
    argv: ['${arg1}', '${times}'],
    files: { 'repeat.py': script },
    parameters: { required: ['arg1', 'times'], properties: { times: { type: 'number' } } },
  });
  expectQuiet(opened);
});

test('A script with argparse has the parameters, the description and the name that an import gives it', async () => {
  const attack = '<img src=x onerror=alert(1)>';
  const script = [
    'import argparse, helper',
    `parser = argparse.ArgumentParser(description="Joins files ${attack}")`,
    'parser.add_argument("files", nargs="+", help="what is joined")',
    'parser.add_argument("--rate", type=int, default=3)',
    'parser.add_argument("--loud", action="store_true")',
    'given = parser.parse_args()',
    'print(helper.joined(given.files) * given.rate, given.loud)\n',
  ].join('\n');
  const before = (await server.send({ path: list })).json.meta.total_count;
  await drop({ 'join-files.py': script, 'helper.py': 'def joined(words): return "+".join(words)\n' });
  await expect.poll(() => words().textContent()).toMatch(/join-files\.py.*--rate rate.*if given.*--loud.*switch.*files.*for each of files/);
  expect((await server.send({ path: list })).json.meta.total_count, 'nothing is stored yet').toBe(before);
  expect(await page.inputValue('.save input >> nth=0')).toBe('join-files');
  expect(await page.inputValue('.save input >> nth=1')).toBe(`Joins files ${attack}`);
  expect(await page.locator('main img').count()).toBe(0);
  expect(await seriousOf(page.mainFrame(), 'new, with a script')).toEqual([]);
  const parameters = {
    required: ['files'],
    properties: {
      files: { type: 'array', items: { type: 'string' }, minItems: 1, description: 'what is joined' },
      rate: { type: 'integer', default: 3 },
      loud: { type: 'boolean' },
    },
  };
  await page.click('text=Save as join-files');
  await page.waitForURL('**/ui/definitions/join-files');
  const saved = await stored('join-files');
  expect(saved).toMatchObject({ description: `Joins files ${attack}`, parameters, input_adapter: { input_type: 'none' } });
  expect(Object.keys(saved.files).sort()).toEqual(['helper.py', 'join-files.py']);
  const path = `${list}join-files/execute/`;
  const { text } = await server.send({ method: 'POST', path, body: { files: ['a', 'b'], rate: 2 } });
  expect(text).toBe('a+ba+b False\n');
  expectQuiet(opened);
});

test('What is not carried over is said, and a script that is refused is taken without parameters', async () => {
  await drop({ 'count.rb': 'puts ARGV.size\n' });
  await page.waitForSelector('text=Its options could not be read: only those of sh, Python, Node.js and Perl are known.');
  await drop({ 'tool.py': 'import argparse\nargparse.ArgumentParser().add_subparsers()\n' });
  await page.waitForSelector('text=No parameters could be read from tool.py: it has subcommands');
  expect(await words().textContent()).toBe('./tool.py');
  await page.waitForSelector("text=the file 'tool.py' can be executed only if it begins with #!");
  await drop({ tool: [0x7f, 0x45, 0x4c, 0x46, 0xff] });
  await page.waitForSelector('text=No parameters could be read from tool: it is not a text in UTF-8.');
  // the line says how the file is run, and nothing of what was dropped before is left
  await page.fill('.source textarea', 'python3 tool.py add 5');
  await drop({ 'tool.py': 'print("added")\n' });
  await page.click('text=Try it');
  await expect.poll(() => page.locator('.trial').textContent()).toContain('added');
  expect(await page.locator('.notice').count()).toBe(0);
  expectQuiet(opened, /status of 400 .*\/validate\//);
});

test('A server that does not answer about a script is told as an error, and nothing is guessed', async () => {
  await drop({ 'huge.sh': `#!/bin/sh\n${'# long\n'.repeat(700_000)}` });
  await page.waitForSelector('.problem >> text=This is too large');
  expect(await words().count()).toBe(0);
  expectQuiet(opened, /status of 413/);
});

test('A script that is dropped again is read again', async () => {
  await drop({ 'twice.sh': 'echo "$1"\n' });
  await expect.poll(() => words().textContent()).toContain('arg1');
  await drop({ 'twice.sh': 'echo "$1" "$2"\n' });
  await expect.poll(() => words().textContent()).toContain('arg2');
  await page.click('text=Save as twice');
  await page.waitForURL('**/ui/definitions/twice');
  expect((await stored('twice')).files).toEqual({ 'twice.sh': '#!/bin/sh\necho "$1" "$2"\n' });
  expectQuiet(opened);
});

test('A server without imports is told as an error, and nothing is guessed', async () => {
  await page.route('**/about', async (route) => {
    const response = await route.fetch();
    const about = await response.json();
    await route.fulfill({ response, json: { ...about, features: about.features.filter((name: string) => name !== 'imports') } });
  });
  await opened.open('new');
  await page.waitForSelector('textarea');
  await drop({ 'greet.sh': 'echo "$1"\n' });
  await page.waitForSelector('.problem >> text=This server does not read scripts.');
  expect(await words().count()).toBe(0);
  expectQuiet(opened);
});
