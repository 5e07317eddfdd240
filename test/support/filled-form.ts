// What the tests of the form of a definition need: what is stored and filled in, and what the program then says.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { shell } from './programs.js';
import { page, server } from './signed-in-page.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-form-'));
afterAll(() => rmSync(folder, { recursive: true }));

export async function put(name: string, definition: object): Promise<void> {
  const { status, text } = await server.send({ method: 'PUT', path: `/api/process_definition/${name}/`, body: { definition } });
  expect([200, 201, 204], text).toContain(status);
}

export function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

/** Presses Run, and gives the output of the run whose page then opens. */
export async function outputOf(): Promise<string> {
  await page.click('button[type=submit]');
  return outputOfShown();
}

export async function outputOfShown(): Promise<string> {
  await page.waitForURL(/\/ui\/runs\/[0-9a-f-]{36}/);
  return outputOfRun(/runs\/([0-9a-f-]{36})/.exec(page.url())?.[1] as string);
}

export async function outputOfRun(id: string): Promise<string> {
  await server.send({ path: `/api/run/${id}/wait/` });
  return (await server.send({ path: `/api/run/${id}/output/` })).text;
}

/** As long as a machine that does much at once may take. */
export const eventually = <Value>(read: () => Value | Promise<Value>) => expect.poll(read, { timeout: 20_000 });

export const field = (name: string) => page.locator(`#field-${name}`);

export const everyType = {
  text: { type: 'string', title: 'Some text', description: 'What is to be said' },
  count: { type: 'integer', minimum: 1, maximum: 10 },
  rate: { type: 'number' },
  loud: { type: 'boolean' },
  mode: { enum: ['fast', 'slow'] },
  size: { enum: ['one', 'two', 'three', 'four', 'five', 'six', 'seven'] },
  tags: { type: 'array', items: { type: 'string' } },
  more: { type: 'object' },
  token: { type: 'string', secret: true },
  usual: { type: 'string', default: 'as ever' },
};
export const everyArgument = [
  ['text=${text}'],
  ['count=${count}'],
  ['rate=${rate}'],
  { when: 'loud', args: ['loud'] },
  ['mode=${mode}'],
  ['size=${size}'],
  ['tag=${tags}'],
  ['more=${more}'],
  ['token=${token}'],
  '${usual}',
];

export const uppercase = shell('tr a-z A-Z < "$1"', { argv: ['-c', 'tr a-z A-Z < "$1"; basename "$1"', 'sh', '${input_file}'] });
