// New program in a browser: a pasted line becomes a form that is tried, and then a definition.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectQuiet } from '../support/page.js';
import { opened, page, server, storedDefinition as stored, useNewProgram, useSignedInPage } from '../support/signed-in-page.js';

useSignedInPage();
useNewProgram();

const list = '/api/process_definition/';
const line = () => page.locator('.source textarea');
const word = (text: string) => page.locator('.words summary', { has: page.locator(`code:text-is("${text}")`) });
const choose = async (text: string, role: string) => {
  await word(text).click();
  await page.locator('.menu[open] button', { hasText: role }).click();
};

/** Half a second of a tone. */
function tone(): string {
  const samples = 22_050;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8);
  for (const [value, bytes, at] of [
    [16, 4, 16],
    [1, 2, 20],
    [1, 2, 22],
    [44_100, 4, 24],
    [88_200, 4, 28],
    [2, 2, 32],
    [16, 2, 34],
  ])
    wav.writeUIntLE(value, at, bytes);
  wav.write('data', 36);
  wav.writeUInt32LE(samples * 2, 40);
  for (let at = 0; at < samples; at += 1) wav.writeInt16LE(Math.round(9000 * Math.sin(at / 16)), 44 + 2 * at);
  const path = join(mkdtempSync(join(tmpdir(), 'tone-')), 'in.wav');
  writeFileSync(path, wav);
  return path;
}

test('A pasted ffmpeg line becomes a form, is tried with a file, and saved as a definition', async () => {
  await line().fill('ffmpeg -i in.wav -b:a 192k out.mp3');
  await page.locator('.try-form input[type=file]').first().setInputFiles(tone());
  await page.getByRole('radio', { name: '128k' }).check();
  await page.click('text=Try it');
  await page.waitForSelector('.trial audio');
  expect(await page.textContent('.trial')).toMatch(/succeeded.*audio\/mpeg/);
  const heard = `(async () => {
    const audio = document.querySelector('.trial audio');
    audio.muted = true;
    await audio.play();
    await new Promise((resolve) => (audio.ontimeupdate = () => audio.currentTime > 0 && resolve()));
    return audio.duration;
  })()`;
  expect(await page.evaluate(heard)).toBeGreaterThan(0);
  // what is tried is stored for its author alone, without a name
  const [tried] = (await server.send({ path: list })).json.objects;
  expect(tried.definition.name).toBeUndefined();
  await page.fill('label:has-text("Name") input', 'to-mp3');
  await page.click('text=Save as to-mp3');
  await page.waitForURL('**/ui/definitions/to-mp3');
  expect(await stored('to-mp3')).toEqual({
    name: 'to-mp3',
    exec: 'ffmpeg',
    argv: ['-i', '${input_file}', '-b:a', '${bitrate}', '${output_file}'],
    input_adapter: { input_type: 'file', input_parameters: { file_path: '${input_file}' } },
    output_adapter: {
      output_type: 'file',
      output_parameters: { file_path: '${output_file}', extension: 'mp3', content_type: 'audio/mpeg' },
    },
    parameters: {
      type: 'object',
      properties: { bitrate: { enum: ['96k', '128k', '192k', '256k', '320k'], title: 'Bitrate', default: '192k' } },
    },
  });
  const all = (await server.send({ path: list })).json.objects;
  expect(all.map(({ id }: { id: number }) => id)).toEqual([tried.id]);
  expectQuiet(opened);
});

test('What was tried and not saved is gone when one leaves', async () => {
  const before = (await server.send({ path: list })).json.meta.total_count;
  await line().fill('date -u');
  await page.click('text=Try it');
  await page.waitForSelector('.trial >> text=succeeded');
  await page.waitForSelector('.trial >> text=UTC');
  await page.keyboard.press('g');
  await page.click('nav >> text=Definitions');
  await expect.poll(async () => (await server.send({ path: list })).json.meta.total_count).toBe(before);
  expectQuiet(opened);
});

test('A guess is undone, another word becomes a field, and both ways lead through JSON', async () => {
  await line().fill('grep -c error');
  await choose('error', 'Stays as it is');
  await choose('-c', 'Switch');
  await page.check('input[value=json]');
  await expect.poll(() => page.locator('.cm-content').textContent()).toContain('"when": "c"');
  await page.locator('.cm-content').press('ControlOrMeta+a');
  await page.keyboard.insertText('{"exec": "seq", "argv": ["1", "5"], "timeout": 9, "input_adapter": {"input_type": "none"}}');
  await page.check('input[value=words]');
  await choose('5', 'Number');
  await page.locator('.named input').fill('last');
  await page.locator('.named input').blur();
  await page.fill('.save input >> nth=0', 'numbers');
  await page.fill('.save input >> nth=1', 'Counts');
  await page.click('text=Save as numbers');
  await page.waitForURL('**/ui/definitions/numbers');
  expect(await stored('numbers')).toEqual({
    name: 'numbers',
    description: 'Counts',
    exec: 'seq',
    argv: ['1', '${last}'],
    input_adapter: { input_type: 'none' },
    parameters: { type: 'object', properties: { last: { type: 'integer', title: 'Last', default: 5 } } },
    timeout: 9,
  });
  expectQuiet(opened);
});

test('A program that fails says how, and one that is not there is told at once', async () => {
  await line().fill("sh -c 'echo broken >&2; exit 3'");
  await page.click('text=Try it');
  await page.waitForSelector('.trial >> text=failed');
  expect(await page.textContent('.trial')).toContain('exit code 3');
  await page.waitForSelector('.log-end >> text=broken');
  await line().fill('no-such-program -x');
  await page.waitForSelector("text=no program 'no-such-program'");
  await line().fill("echo 'open");
  await page.waitForSelector('text=A quote is not closed.');
  await line().fill('cat *.txt | sort');
  await page.waitForSelector('text=A shell runs the whole line, since it has a pattern of file names and a pipe.');
  expectQuiet(opened);
});

test('A name that one has already is refused at its field', async () => {
  await server.send({ method: 'PUT', path: `${list}taken/`, body: { definition: { exec: 'true' } } });
  await line().fill('date');
  await page.fill('.save input >> nth=0', 'taken');
  await page.click('text=Save as taken');
  await page.waitForSelector('text=You have a program called taken already');
  await page.fill('.save input >> nth=0', 'free');
  await page.click('text=Save as free');
  await page.waitForURL('**/ui/definitions/free');
  expectQuiet(opened, /status of 4(09|12)/);
});

test('The keyboard alone leads from the list to a saved program', async () => {
  const { keyboard } = page;
  const tabTo = async (what: string) => {
    for (let step = 0; step < 60; step += 1) {
      const name = await page.evaluate(
        '(document.activeElement.getAttribute("aria-label") ?? document.activeElement.closest("label")?.textContent ?? document.activeElement.textContent)',
      );
      if (String(name).startsWith(what)) return;
      await keyboard.press('Tab');
    }
    throw new Error(`no way to ${what} by Tab`);
  };
  await opened.open('definitions');
  await keyboard.press('n');
  await page.waitForURL('**/ui/new');
  await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('TEXTAREA');
  await keyboard.insertText('head -n 3 names.txt');
  await tabTo('3: Number');
  await keyboard.press('Enter');
  await tabTo('Text');
  await keyboard.press('Enter');
  await tabTo('Name');
  await keyboard.press('ControlOrMeta+a');
  await keyboard.type('first-lines');
  await keyboard.press('Enter');
  await page.waitForURL('**/ui/definitions/first-lines');
  expect(await stored('first-lines')).toMatchObject({
    argv: ['-n', '${count}', '${input_file}'],
    parameters: { properties: { count: { type: 'string', default: '3' } } },
  });
  expectQuiet(opened);
});

test('What looks like markup in a line stays text', async () => {
  const attack = '<img src=x onerror=alert(1)>';
  await line().fill(`echo '${attack}' "${attack}"`);
  await expect.poll(() => page.locator('.words').textContent()).toContain(attack);
  expect(await page.locator('main img').count()).toBe(0);
  expectQuiet(opened);
});
