// A run in the page: how it ended, what has come out of it by its type, its files, what can be done with it, and who may see it.
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { expect, test } from 'vitest';
import { expectQuiet, signIn } from '../support/page.js';
import { begun, execute, ran, shell } from '../support/programs.js';
import { idOf } from '../support/restarts.js';
import { browser, opened, page, server, useSignedInPage } from '../support/signed-in-page.js';
import { waitFor } from '../support/worker.js';

const noMessage = { input_adapter: { input_type: 'none' } };
/** A picture of one point. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

useSignedInPage();

const show = (run: string, hash = '') => opened.open(`runs/${idOf(run)}${hash}`);
const output = (content_type: string) => ({
  ...noMessage,
  output_adapter: { output_type: 'file', output_parameters: { file_type: 'stream', stream_name: 'STDOUT', content_type } },
});
const state = () => page.locator('.run-head .state');

test('A program that failed says why, with the end of its stderr and what to do', async () => {
  const run = (await execute(server, shell('echo "no <b>such</b> file" >&2; exit 3', { ...noMessage, name: 'breaks' }))).headers['run-id'];
  await opened.open(`runs/${run}`);
  await page.getByText(/^Ended with exit code 3 after \d+ ms\.$/).waitFor();
  expect(await page.locator('.bad-end pre').textContent()).toBe('no <b>such</b> file');
  expect(await page.locator('main h1').textContent()).toContain('breaks');
  await page.getByRole('link', { name: 'Show the whole log' }).click();
  await page.locator('.log [data-kind=stderr]').waitFor();
  await page.goBack();
  await page.locator('.bad-end').getByRole('button', { name: 'Run again' }).click();
  await expect.poll(() => page.url()).not.toContain(String(run));
  await page.getByText(/^Ended with exit code 3/).waitFor();
  await page.getByRole('link', { name: 'Details' }).click();
  await page.getByText('Repeats').waitFor();
  expectQuiet(opened);
});

test('Text, JSON, a table, a picture and bytes are shown by their type, and none of it is markup', async () => {
  await show(await ran(server, shell('echo "<img src=x onerror=alert(1)>"', noMessage)));
  await page.locator('pre', { hasText: '<img src=x onerror=alert(1)>' }).waitFor();
  await show(await ran(server, shell(`echo '{"a": [1, {"<b>": "deep"}]}'`, output('application/json'))));
  await page.locator('.json', { hasText: '[2]' }).waitFor();
  await page.locator('.json summary').last().click();
  await page.getByText('"deep"').waitFor();
  await page.getByRole('button', { name: 'As text' }).click();
  await page.locator('pre', { hasText: '{"a": [1' }).waitFor();
  await show(await ran(server, shell(`printf 'name,note\\n"a ""b"", c",<i>x</i>\\n'`, output('text/csv'))));
  await expect.poll(() => page.locator('td').allTextContents()).toEqual(['a "b", c', '<i>x</i>']);
  await show(await ran(server, shell(`echo ${png} | base64 -d`, output('image/png'))));
  await expect.poll(() => page.locator('.shown img').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(1);
  await show(
    await ran(
      server,
      shell(`echo '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"><script>alert(3)</script></svg>'`, output('image/svg+xml')),
    ),
  );
  await expect.poll(() => page.locator('.shown img').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(7);
  await show(await ran(server, shell(`echo '<script>alert(4)</script>'`, output('text/html'))));
  await page.locator('pre', { hasText: '<script>alert(4)</script>' }).waitFor();
  await show(await ran(server, shell(`printf '\\377\\000'`, output('application/octet-stream'))));
  await page.getByText('This type is not shown here.').waitFor();
  expect(await page.locator('main script, main i, main b').count()).toBe(0);
  expectQuiet(opened);
});

test('Sound is played from any place of it, and a PDF is shown in a frame of its own', async () => {
  const silence = `python3 -c "import wave,sys; w=wave.open(sys.stdout.buffer,'wb'); w.setnchannels(1); w.setsampwidth(2); w.setframerate(8000); w.setnframes(80000); w.writeframes(bytes(160000))"`;
  await show(await ran(server, shell(silence, output('audio/wav'))));
  const sound = page.locator('audio');
  await expect.poll(() => sound.evaluate((element) => (element as HTMLAudioElement).duration)).toBeCloseTo(10, 1);
  await sound.evaluate((element) => {
    (element as HTMLAudioElement).currentTime = 7;
  });
  await expect.poll(() => sound.evaluate((element) => (element as HTMLAudioElement).seeking)).toBe(false);
  await show(await ran(server, shell(`printf '%%PDF-1.1\\ntrailer<</Root 1 0 R>>\\n'`, output('application/pdf'))));
  expect(await page.locator('iframe.shown-pdf').getAttribute('src')).toMatch(/^blob:/);
  expectQuiet(opened);
});

test('Of a long text the first part is shown, and all of it is downloaded', async () => {
  await show(await ran(server, shell('seq 100000', noMessage)));
  await page.getByText(/The first 262 kB of 589 kB/).waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  const stream = await (await download).createReadStream();
  let size = 0;
  for await (const chunk of stream) size += (chunk as Buffer).length;
  expect(size).toBe(588_895);
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.locator('pre', { hasText: '100000' }).waitFor();
  expectQuiet(opened);
});

test('Files are listed, looked at, removed, and put for a run that has not started', async () => {
  const name = '<img src=x onerror=alert(1)>.txt';
  await show(
    await ran(server, shell(`mkdir sub; echo inside > 'sub/${name.replaceAll("'", '')}'; echo gone > other.txt`, noMessage)),
    '#files',
  );
  await page.getByRole('button', { name: `sub/${name}`, exact: true }).click();
  await page.locator('.opened-file pre', { hasText: 'inside' }).waitFor();
  await page.getByRole('button', { name: 'Remove other.txt' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect.poll(() => page.locator('.file-rows').textContent()).not.toContain('other.txt');
  const created = await server.send({ method: 'POST', path: '/api/run/', body: { exec: '/bin/cat', argv: ['given.txt'], start: false } });
  await show(created.json.resource_uri);
  await page.locator('input[type=file]').setInputFiles({ name: 'given.txt', mimeType: 'text/plain', buffer: Buffer.from('was given') });
  await page.getByRole('button', { name: 'given.txt', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText('was given').waitFor();
  expectQuiet(opened);
});

test('A run is stopped by a key, sent a signal, and removed', async () => {
  await show(await begun(server, shell('trap "echo hung up; exit 4" HUP; while :; do sleep 0.1; done', noMessage)));
  await page.getByLabel('More about this run').click();
  await page.getByRole('button', { name: 'Send a signal' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
  await page.getByText(/^Ended with exit code 4/).waitFor();
  await show(await begun(server, shell('sleep 100', noMessage)));
  await expect.poll(() => state().textContent()).toBe('●running');
  await page.keyboard.press('s');
  await expect.poll(() => state().textContent()).toBe('■stopped');
  await page.getByText(/^Stopped after/).waitFor();
  await page.getByLabel('More about this run').click();
  await page.getByRole('button', { name: 'Remove…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  expectQuiet(opened);
});

test('A browser notification tells of the end of a run, when it was asked for and the page is hidden', async () => {
  const context = page.context();
  await context.grantPermissions(['notifications'], { origin: server.url });
  await page.addInitScript(() => {
    const told: string[] = [];
    class Told {
      static requestPermission = async () => 'granted';
      constructor(title: string) {
        told.push(title);
      }
    }
    Object.assign(window, { told, Notification: Told });
  });
  const run = await begun(server, shell(`${waitFor('go')}; exit 7`, { ...noMessage, name: 'awaited' }));
  await show(run);
  await page.getByLabel('More about this run').click();
  await page.getByRole('button', { name: 'Notify me when it ends' }).click();
  await page.evaluate(() => Object.defineProperty(document, 'visibilityState', { value: 'hidden' }));
  await server.send({ method: 'PUT', path: `${run}files/go`, body: '' });
  await expect.poll(() => page.evaluate('told'), { timeout: 20_000 }).toEqual(['awaited: failed']);
  expectQuiet(opened);
});

test('The record is shown, and its command can be copied into a shell', async () => {
  const run = await ran(server, { exec: '/bin/echo', argv: ["it's", '$HOME', 'plain'], ...noMessage });
  await show(run, '#details');
  await page.getByText(`/bin/echo 'it'\\''s' '$HOME' plain`, { exact: true }).waitFor();
  await page.getByText('The record as JSON').click();
  await page.locator('.record pre', { hasText: `"id": "${idOf(run)}"` }).waitFor();
  expectQuiet(opened);
});

test('Nobody sees the runs of another user', async () => {
  await server.user('eve:secret-of-eve', 'runner');
  const run = await ran(server, shell('echo private-words', { ...noMessage, name: 'private-name' }));
  const eve = await signIn(browser, server, 'eve:secret-of-eve');
  await eve.open(`runs/${idOf(run)}`);
  await eve.page.getByText('This does not exist').waitFor();
  await eve.open('runs');
  await eve.page.getByText('Nothing has run yet').waitFor();
  expect(await eve.page.locator('body').textContent()).not.toContain('private');
  expectQuiet(eve, /status of 404/);
  await eve.close();
});
