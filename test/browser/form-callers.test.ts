// Forms of services and of other users, and the tab of runs, in a real browser.
import { expect, test } from 'vitest';
import { eventually, field, file, put, uppercase } from '../support/filled-form.js';
import { expectQuiet, signIn } from '../support/page.js';
import { declared, shell, show } from '../support/programs.js';
import { browser, opened, page, server, useSignedInPage } from '../support/signed-in-page.js';

useSignedInPage();

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
