// What a form begins with, and what it says of itself, in a real browser: links, examples, the command, options.
import { expect, test } from 'vitest';
import { eventually, everyArgument, everyType, field, outputOf, put } from '../support/filled-form.js';
import { expectQuiet } from '../support/page.js';
import { declared, shell, show } from '../support/programs.js';
import { opened, page, server, useSignedInPage } from '../support/signed-in-page.js';

useSignedInPage();

test('A link opens the form filled in, and "Copy link" makes it without secrets', async () => {
  await put('every', show(everyArgument, declared(everyType)));
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await opened.open(
    'definitions/every?text=it%27s+%26+more&count=4&loud=true&mode=slow&tags=a&tags=b&more=%7B%22a%22%3A1%7D&token=leaked&unknown=1',
  );
  expect(await field('text').inputValue()).toBe("it's & more");
  expect(await field('token').inputValue()).toBe('');
  await field('token').fill('hidden');
  await page.getByRole('button', { name: 'Copy link to this form' }).click();
  const link = (await page.evaluate('navigator.clipboard.readText()')) as string;
  expect(link).not.toContain('hidden');
  await field('token').fill('');
  await page.goto('about:blank');
  await page.goto(link);
  await field('text').waitFor();
  expect(JSON.parse(await outputOf())).toEqual([
    "text=it's & more",
    'count=4',
    'loud',
    'mode=slow',
    'tag=a',
    'tag=b',
    'more={"a":1}',
    'as ever',
  ]);
  expectQuiet(opened);
});

test('The command as it would run follows what is filled in, and shows no secret', async () => {
  await put('every', show(everyArgument, declared(everyType)));
  await opened.open('definitions/every');
  await field('text').fill('a b');
  await field('token').fill('hidden');
  const line = page.locator('.command-line');
  await eventually(() => line.textContent()).toContain("'text=a b'");
  expect(await line.textContent()).toContain('token=***');
  for (const name of ['curl', 'procreg', 'Python']) {
    await page.getByRole('radio', { name }).check();
    expect(await page.locator('.command').textContent()).not.toContain('hidden');
  }
  expectQuiet(opened);
});

test('An example fills the form in by one click', async () => {
  const examples = [{ message: 'hello', parameters: { from: 'a-z' } }, { message: 'other words' }];
  await put('examples', {
    exec: '/bin/sh',
    argv: ['-c', 'tr "$0" A-Z', '${from}'],
    ...declared({ from: { type: 'string', default: 'o' } }),
    input_adapter: { input_type: 'file', input_parameters: { file_type: 'stream', stream_name: 'STDIN' } },
    examples,
  });
  await opened.open('definitions/examples');
  await page.getByRole('button', { name: 'from a-z' }).click();
  expect(await outputOf()).toBe('HELLO');
  expectQuiet(opened);
});

test('Timeout and priority are among the options, and belong to the run', async () => {
  await put('slow', shell('sleep 60'));
  await opened.open('definitions/slow');
  await page.getByText('Options').click();
  await page.getByLabel('Timeout').fill('0.2');
  await page.getByLabel('Priority').fill('7');
  await page.click('button[type=submit]');
  await page.waitForURL(/\/ui\/runs\//);
  const id = /runs\/([0-9a-f-]{36})/.exec(page.url())?.[1];
  const { json } = await server.send({ path: `/api/run/${id}/wait/` });
  expect([json.end_reason, json.priority]).toEqual(['timeout', 7]);
  expectQuiet(opened, /status of 422/);
});
