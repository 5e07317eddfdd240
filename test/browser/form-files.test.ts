// Files and messages of a form in a real browser: dropped, several at once, large, of former runs.
import { expect, test } from 'vitest';
import { eventually, field, file, outputOf, outputOfRun, put, uppercase } from '../support/filled-form.js';
import { expectQuiet } from '../support/page.js';
import { declared, shell } from '../support/programs.js';
import { opened, page, server, useSignedInPage } from '../support/signed-in-page.js';

useSignedInPage();

test('A dropped file is the message, with its name and size, and can be taken away', async () => {
  await put('upper', uppercase);
  await opened.open('definitions/upper');
  await eventually(() => page.locator('.command-line').textContent()).toMatch(/sh FILE$/);
  const drop = `(() => {
    const data = new DataTransfer();
    data.items.add(new File(['dropped'], 'dropped.txt'));
    document.querySelector('.drop-zone').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));
  })()`;
  await page.evaluate(drop);
  expect(await page.locator('.files li').textContent()).toContain('dropped.txt7 B');
  await page.getByRole('button', { name: 'Remove dropped.txt' }).click();
  expect(await page.locator('.files li').count()).toBe(0);
  await page.evaluate(drop);
  expect(await outputOf()).toBe('DROPPEDdropped.txt\n');
  expectQuiet(opened);
});

test('Several files on one field are one run each, shown together with their results', async () => {
  await put('upper', uppercase);
  await opened.open('definitions/upper');
  await field('-message').setInputFiles(['one', 'two', 'three'].map((name) => file(`${name}.txt`, name)));
  expect(await page.locator('.files > p').textContent()).toBe('3 files: 3 runs');
  await page.click('button[type=submit]');
  await page.waitForURL(/#runs=/);
  await page.getByText('3 of 3 runs ended').waitFor();
  expect(await page.locator('.run-rows [data-state=succeeded]').count()).toBeGreaterThanOrEqual(3);
  const ids = new URLSearchParams(new URL(page.url()).hash.slice(1)).get('runs')!.split(',');
  expect(await Promise.all(ids.map(outputOfRun))).toEqual(['ONEone.txt\n', 'TWOtwo.txt\n', 'THREEthree.txt\n']);
  const saved: string[] = [];
  page.on('download', (download) => void saved.push(download.url()));
  await page.getByRole('button', { name: 'Download 3 results' }).click();
  await eventually(() => saved.length).toBe(3);
  await page.reload();
  await page.getByText('3 of 3 runs ended').waitFor();
  expectQuiet(opened);
});

test('A file parameter and a list of files arrive, each under its name', async () => {
  const argv = ['-c', 'for file; do basename "$file"; cat "$file"; done', 'sh', ['${doc}'], ['${others}']];
  const files = { doc: { type: 'string', format: 'file' }, others: { type: 'array', items: { type: 'string', format: 'file' } } };
  await put('files', { exec: '/bin/sh', argv, ...declared(files, { required: ['doc'] }) });
  await opened.open('definitions/files');
  await field('doc').setInputFiles(file("it's ü;.txt", '1\n'));
  await field('others').setInputFiles([file('b.txt', '2\n'), file('c.txt', '3\n')]);
  expect(await outputOf()).toBe("it's ü;.txt\n1\nb.txt\n2\nc.txt\n3\n");
  expectQuiet(opened);
});

test('A former run fills its form in, and is repeated with other parameters and the files that the server has kept', async () => {
  const argv = ['-c', 'cat "$1"; echo "$2"; cat', 'sh', '${doc}', '${text}'];
  const stdin = { input_adapter: { input_type: 'file', input_parameters: { file_type: 'stream', stream_name: 'STDIN' } } };
  await put('again', {
    exec: '/bin/sh',
    argv,
    ...declared({ doc: { format: 'file' }, text: { type: 'string' }, on: { type: 'boolean' } }, { required: ['doc', 'text'] }),
    ...stdin,
  });
  await opened.open('definitions/again?text=first&on=true');
  await field('doc').setInputFiles(file('doc.txt', 'a file\n'));
  await field('-message').fill('a message');
  expect(await outputOf()).toBe('a file\nfirst\na message');
  const id = /runs\/([0-9a-f-]{36})/.exec(page.url())?.[1] as string;
  // by its address, so that nothing is left of what was filled in
  await opened.open('sign-in');
  await opened.open(`definitions/again#rerun=${id}`);
  await eventually(() => field('-message').inputValue()).toBe('a message');
  expect([await field('text').inputValue(), await field('on').isChecked()]).toEqual(['first', true]);
  expect(await page.locator('.files').first().textContent()).toContain('doc.txt of the former run');
  await field('text').fill('second');
  expect(await outputOf()).toBe('a file\nsecond\na message');
  const again = (await server.send({ path: `/api/run/${/runs\/([0-9a-f-]{36})/.exec(page.url())?.[1]}/` })).json;
  expect([again.rerun_of, again.parameters.text]).toEqual([id, 'second']);

  await opened.open('sign-in');
  await opened.open(`definitions/again#rerun=${id}`);
  await eventually(() => field('-message').inputValue()).toBe('a message');
  await field('-message').fill('another one');
  await page.click('button[type=submit]');
  await eventually(() => page.locator('#field-doc-fault').textContent()).toContain('Choose this file again');
  await page.getByRole('button', { name: 'Remove doc.txt of the former run' }).click();
  await field('doc').setInputFiles(file('new.txt', 'a new file\n'));
  expect(await outputOf()).toBe('a new file\nfirst\nanother one');
  expectQuiet(opened);
});

test('The output of a run is the message of another one', async () => {
  await put('say', shell('echo some output'));
  await put('upper', uppercase);
  await opened.open('definitions/say');
  expect(await outputOf()).toBe('some output\n');
  const id = /runs\/([0-9a-f-]{36})/.exec(page.url())?.[1] as string;
  for (const hash of [`message-from=${id}`, `message_from=run:${id}/output`]) {
    await opened.open(`definitions/upper#${hash}`);
    await eventually(() => page.locator('.files li').textContent()).toContain(`output of run ${id.slice(0, 8)}`);
    expect(await outputOf()).toMatch(/^SOME OUTPUT/);
  }
  expectQuiet(opened);
});

test('A large file shows how much of it is sent, and sending it can be cancelled', async () => {
  await put('large', shell('wc -c'));
  await opened.open('definitions/large');
  const throttle = await page.context().newCDPSession(page);
  await throttle.send('Network.enable');
  await throttle.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: 400_000,
  });
  await page.setInputFiles('.choose input', file('large.bin', 'x'.repeat(3_000_000)));
  await page.click('button[type=submit]');
  await eventually(() => page.locator('.sending').textContent()).toMatch(/[\d.]+ k?M?B of 3\.0 MB/);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Run' }).waitFor();
  await throttle.detach();
  expect(Number(await outputOf())).toBe(3_000_000);
  expectQuiet(opened);
});
