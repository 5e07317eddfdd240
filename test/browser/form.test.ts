// The form of a definition in a real browser: what is filled in arrives in the program, and what is wrong is said where it is.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectQuiet, launchBrowser, type OpenedPage, signIn } from '../support/page.js';
import { declared, shell, show } from '../support/programs.js';
import { removeFolder, startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let browser: Browser;
let opened: OpenedPage;
let page: Page;
const folder = mkdtempSync(join(tmpdir(), 'procreg-form-'));

beforeAll(async () => {
  server = await startServer();
  browser = await launchBrowser();
  opened = await signIn(browser, server);
  page = opened.page;
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  await removeFolder(folder);
});

async function put(name: string, definition: object): Promise<void> {
  const { status, text } = await server.send({ method: 'PUT', path: `/api/process_definition/${name}/`, body: { definition } });
  expect([200, 201, 204], text).toContain(status);
}

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

/** Presses Run, and gives the output of the run whose page then opens. */
async function outputOf(): Promise<string> {
  await page.click('button[type=submit]');
  return outputOfShown();
}

async function outputOfShown(): Promise<string> {
  await page.waitForURL(/\/ui\/runs\/[0-9a-f-]{36}/);
  return outputOfRun(/runs\/([0-9a-f-]{36})/.exec(page.url())?.[1] as string);
}

async function outputOfRun(id: string): Promise<string> {
  await server.send({ path: `/api/run/${id}/wait/` });
  return (await server.send({ path: `/api/run/${id}/output/` })).text;
}

/** As long as a machine that does much at once may take. */
const eventually = <Value>(read: () => Value | Promise<Value>) => expect.poll(read, { timeout: 20_000 });

const field = (name: string) => page.locator(`#field-${name}`);

const everyType = {
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
const everyArgument = [
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

test('Each declared type is filled in by keys and mouse, and arrives in the argv of the program', async () => {
  await put('every', show(everyArgument, declared(everyType)));
  await opened.open('definitions/every');
  await field('text').fill("it's");
  await field('text').press('Shift+Enter');
  await field('text').pressSequentially('-- ü');
  await field('count').fill('7');
  await field('rate').fill('0.5');
  await field('loud').press('Space');
  await page.getByRole('radio', { name: 'slow' }).check();
  await field('size').selectOption('six');
  await page.locator('.list').getByText('Add').click();
  await page.keyboard.type('one');
  await page.keyboard.press('Enter');
  await page.keyboard.type('[two]');
  await field('more').fill('{"a": [1]}');
  await field('token').fill('a secret');
  expect(await field('token').getAttribute('type')).toBe('password');
  expect(await field('usual').inputValue()).toBe('as ever');
  expect(JSON.parse(await outputOf())).toEqual([
    "text=it's\n-- ü",
    'count=7',
    'rate=0.5',
    'loud',
    'mode=slow',
    'size=six',
    'tag=one',
    'tag=[two]',
    'more={"a":[1]}',
    'token=a secret',
    'as ever',
  ]);
  expectQuiet(opened);
});

test('Going back and the key e show everything that was filled in, files included', async () => {
  await put(
    'kept',
    shell('cat "$1"; echo "$0"', {
      argv: ['-c', 'cat "$1"; echo "$0"', '${text}', '${input_file}'],
      ...declared({ text: { type: 'string' } }, { required: ['text'] }),
    }),
  );
  await opened.open('definitions/kept');
  await field('text').fill('some words');
  await field('-message').setInputFiles(file('a.txt', 'content\n'));
  expect(await outputOf()).toBe('content\nsome words\n');
  await page.goBack();
  expect(await field('text').inputValue()).toBe('some words');
  await field('text').fill('other words');
  expect(await outputOf()).toBe('content\nother words\n');
  await page.locator('main h1').waitFor();
  await page.keyboard.press('e');
  expect(await field('text').inputValue()).toBe('other words');
  expect(await page.locator('.files li').textContent()).toContain('a.txt');
  expect(await outputOf()).toBe('content\nother words\n');
  expectQuiet(opened);
});

test('What is required or has another form is said by the browser, and nothing is sent', async () => {
  await put(
    'strict',
    show(
      ['${code}', ['${n}']],
      declared({ code: { type: 'string', pattern: '^[a-z]+$' }, n: { type: 'integer', maximum: 3 } }, { required: ['code'] }),
    ),
  );
  await opened.open('definitions/strict');
  const sent: string[] = [];
  const note = (one: { url(): string; method(): string }) => one.method() === 'POST' && /execute/.test(one.url()) && sent.push(one.url());
  page.on('request', note);
  const faulty = () => page.evaluate('[document.activeElement.name, document.activeElement.validationMessage]') as Promise<string[]>;
  await page.click('button[type=submit]');
  expect((await faulty())[0]).toBe('code');
  await field('code').fill('A1');
  await page.click('button[type=submit]');
  expect(await faulty()).toEqual(['code', 'This must match ^[a-z]+$']);
  await field('code').fill('abc');
  await field('n').fill('4');
  await page.click('button[type=submit]');
  expect((await faulty())[0]).toBe('n');
  expect(sent).toEqual([]);
  await field('n').fill('3');
  expect(JSON.parse(await outputOf())).toEqual(['abc', '3']);
  page.off('request', note);
  expectQuiet(opened);
});

test('What only the server can judge stands at its field, and the first one has the focus', async () => {
  const properties = {
    first: { type: 'string' },
    second: { type: 'string', title: 'The second' },
    third: { type: 'array', items: { type: 'string', maxLength: 2 } },
  };
  await put('judged', show([['${first}'], ['${second}'], ['${third}']], declared(properties)));
  await opened.open('definitions/judged');
  await field('second').fill('-rf');
  await page.locator('.list').getByText('Add').click();
  await page.keyboard.type('ab');
  await page.click('button[type=submit]');
  await eventually(() => page.locator('#field-second-fault').textContent()).toContain("Must not begin with '-'");
  expect(await page.evaluate('document.activeElement.id')).toBe('field-second');
  expect(await field('second').getAttribute('aria-invalid')).toBe('true');
  await field('second').fill('rf');
  expect(await page.locator('#field-second-fault').count()).toBe(0);
  expect(JSON.parse(await outputOf())).toEqual(['rf', 'ab']);
  expectQuiet(opened, /status of 400/);
});

test('A fault that belongs to no field stands above the button', async () => {
  await put('elsewhere', { exec: '/bin/true', application: 'nowhere' });
  await opened.open('definitions/elsewhere');
  await eventually(() => page.locator('.command .fault').textContent()).toContain('nowhere');
  await page.click('button[type=submit]');
  await eventually(() => page.locator('form .problem').textContent()).toContain('nowhere');
  expectQuiet(opened, /status of 409/);
});

const uppercase = shell('tr a-z A-Z < "$1"', { argv: ['-c', 'tr a-z A-Z < "$1"; basename "$1"', 'sh', '${input_file}'] });

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

test('What a definition says of itself stays text', async () => {
  const markup = '<img src=x onerror="document.title=\'run\'"><script>document.title="run"</script>';
  const properties = {
    x: { type: 'string', title: markup, description: markup, default: markup, examples: [markup] },
    y: { enum: [markup, 'b'], description: '${x}' },
  };
  await put('markup', {
    ...show(['${x}', ['${y}']], declared(properties)),
    description: markup,
    examples: [{ parameters: { x: markup } }],
  });
  await opened.open('definitions/markup');
  await eventually(() => page.locator('.field label').allTextContents()).toContain(markup);
  await eventually(() => page.locator('.command-line').textContent()).toContain('onerror');
  expect(await page.locator('main img, main script').count()).toBe(0);
  expect(await page.title()).not.toBe('run');
  expectQuiet(opened);
});

test('Keys alone fill the form in and start the run', async () => {
  await put(
    'keys',
    show(
      ['${text}', { when: 'loud', args: ['loud'] }, ['${mode}']],
      declared({ text: { type: 'string' }, loud: { type: 'boolean' }, mode: { enum: ['a', 'b'] } }, { required: ['text'] }),
    ),
  );
  await opened.open('definitions/keys');
  await field('text').focus();
  await page.keyboard.type('typed');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Control+Enter');
  expect(JSON.parse(await outputOfShown())).toEqual(['typed', 'loud', 'b']);
  expectQuiet(opened);
});

test('The form fits on a narrow screen', async () => {
  await put('every', show(everyArgument, declared({ ...everyType, ['a_very_long_name_'.repeat(6)]: { type: 'string' } })));
  await page.setViewportSize({ width: 360, height: 700 });
  await opened.open('definitions/every');
  await field('text').fill('x'.repeat(200));
  await eventually(() => page.locator('.command-line').textContent()).toContain('xxx');
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  await page.setViewportSize({ width: 1280, height: 800 });
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

test('A service gets messages from its form, and what it answers stands there', async () => {
  const script = `import socket, sys
server = socket.create_server(('127.0.0.1', int(sys.argv[1])))
while True:
    connection, _ = server.accept()
    connection.sendall(connection.makefile().read().upper().encode())
    connection.close()`;
  const port = { tcp_port: '${port}' };
  await put('answers', {
    exec: '/usr/bin/python3',
    argv: ['-c', script, '${port}'],
    process_type: 'service',
    input_adapter: { input_type: 'port', input_parameters: port },
    output_adapter: { output_type: 'port', output_parameters: port },
    ready: { tcp: true },
  });
  await opened.open('definitions/answers');
  await page.getByText('This service starts with its first message').waitFor();
  await field('-message').fill('hello');
  await page.getByRole('button', { name: 'Send' }).click();
  await eventually(() => page.locator('.sent').textContent()).toBe('HELLO\n');
  await page.getByText('See what it says').waitFor();
  await put('listens', { ...shell('while read -r line; do echo "$line"; done'), process_type: 'service' });
  await opened.open('definitions/listens');
  await field('-message').fill('hello');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('The service has it.').waitFor();
  await opened.open('definitions');
  for (const name of ['answers', 'listens']) await server.send({ method: 'DELETE', path: `/api/process_definition/${name}/` });
  expectQuiet(opened);
});

test('Who may only look gets no form', async () => {
  await put('shared', { ...shell('true'), visibility: 'shared' });
  await server.user('looker:secret', 'viewer');
  const viewer = await signIn(browser, server, 'looker:secret');
  await viewer.open('definitions/admin:shared');
  await viewer.page.getByText('You may see this, but not run it').waitFor();
  expect(await viewer.page.locator('form').count()).toBe(0);
  expectQuiet(viewer);
  await viewer.close();
});

test('A shared definition of another user is run under that name', async () => {
  await put('theirs', { ...show([['${text}']], declared({ text: { type: 'string' } })), visibility: 'shared' });
  await server.user('runner:secret', 'runner');
  const other = await signIn(browser, server, 'runner:secret');
  await other.open('definitions/admin:theirs?text=a');
  await other.page.getByText('/call/admin:theirs?text=a').waitFor();
  await other.page.click('button[type=submit]');
  await other.page.waitForURL(/\/ui\/runs\//);
  expectQuiet(other);
  await other.close();
});

test('The tab of runs lists those of this definition, newest first, and new ones by themselves', async () => {
  await put('one', shell('exit 3'));
  await put('other', shell('true'));
  const call = (name: string) => server.send({ method: 'POST', path: `/call/${name}` });
  await call('one');
  await call('other');
  await opened.open('definitions/one/runs');
  const rows = page.locator('.run-rows [data-row]');
  await eventually(() => rows.count()).toBe(1);
  expect(await rows.first().textContent()).toContain('exit code 3');
  await call('one');
  await eventually(() => rows.count()).toBe(2);
  for (let count = 0; count < 50; count++) await call('one');
  await page.reload();
  await page.getByRole('link', { name: 'Older' }).click();
  await eventually(() => rows.count()).toBe(2);
  await page.getByRole('link', { name: 'Newest' }).click();
  await eventually(() => rows.count()).toBe(50);
  expectQuiet(opened);
});

test('The embedded form has its result below it, and nothing else', async () => {
  await put('upper', uppercase);
  await page.setViewportSize({ width: 360, height: 700 });
  await opened.open('embed/upper');
  await field('-message').setInputFiles(file('small.txt', 'embedded'));
  await page.click('button[type=submit]');
  await eventually(() => page.locator('.embedded-result').textContent()).toContain('EMBEDDED');
  expect(await page.locator('nav, .command').count()).toBe(0);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  expect(page.url()).toContain('/ui/embed/upper');
  await page.setViewportSize({ width: 1280, height: 800 });
  expectQuiet(opened);
});
