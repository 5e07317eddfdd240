// The second document of Swagger UI: who is signed in tries out the definitions that it may run, with their parameters and files.
import { beforeAll, expect, test } from 'vitest';
import { needed, shellWith } from '../support/programs.js';
import { authorize, page, problems, server, useSwaggerUi } from '../support/swagger.js';

const count = {
  ...shellWith('echo "$2 in $(basename "$1"):"; grep -c "$2" "$1"', ['${table}', '${word}']),
  description: 'Count lines with a word',
  ...needed({ table: { type: 'string', format: 'file' }, word: { type: 'string', enum: ['one', 'two'] } }),
};
const upper = {
  exec: '/usr/bin/tr',
  argv: ['a-z', '${to}'],
  input_adapter: { input_type: 'file' },
  parameters: { type: 'object', properties: { to: { type: 'string', enum: ['A-Z', 'B-ZA'], default: 'A-Z' } } },
  examples: [{ message: 'shout' }],
};

useSwaggerUi({ count, upper });
beforeAll(() => server.user('viewer:pw', 'viewer'));

const note = (text: string) => page.locator('#login-note').getByText(text).waitFor();
const choose = (title: string) => page.getByLabel('Document').selectOption(title);
const chosen = () => page.locator('#document-choice option:checked').textContent();
const operation = (name: string) => page.locator('.opblock', { hasText: `/call/${name}` });

async function signOut(): Promise<void> {
  await page.locator('.btn.authorize').first().click();
  await page.locator('.modal-ux button:text-is("Logout")').click();
  await page.locator('.modal-ux .btn-done').first().click();
}

test('Without a login the choice says what to do, and the document stays', async () => {
  await choose('Your definitions');
  await note('Sign in first, with the button Authorize');
  expect(await chosen()).toBe('The API of this server');
  await page.locator('.opblock', { hasText: '/{ref}/execute/' }).waitFor();
});

test('A user who may run nothing is told so', async () => {
  await authorize(page, 'viewer', 'pw');
  await note('Signed in as viewer (viewer)');
  await choose('Your definitions');
  await note('The document cannot be shown: ');
  expect(await chosen()).toBe('The API of this server');
  await signOut();
});

test('A definition is tried out with a choice and a file', async () => {
  await authorize(page, 'admin', 'secret');
  await note('Signed in as admin (admin)');
  await choose('Your definitions');
  await operation('count').locator('.opblock-summary-control').click();
  await operation('count')
    .locator('input[type=file]')
    .setInputFiles({ name: 'table', mimeType: 'text/plain', buffer: Buffer.from('two\none two\n') });
  await operation('count').locator('tr[data-property-name=word] select, .parameters select').first().selectOption('two');
  await operation('count').locator('button.execute').click();
  const answer = operation('count').locator('.live-responses-table .response-col_description .highlight-code').first();
  await answer.getByText('two in table:').waitFor();
  expect(await answer.textContent()).toContain('2');
});

test('A definition that takes a message is tried out with its example, on a phone', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  await operation('upper').locator('.opblock-summary-control').click();
  await operation('upper').locator('tr[data-param-name=to] select').selectOption('A-Z');
  await expect.poll(() => operation('upper').locator('.body-param textarea').inputValue()).toBe('shout');
  await operation('upper').locator('button.execute').click();
  await operation('upper').locator('.live-responses-table .highlight-code', { hasText: 'SHOUT' }).first().waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
});

test('The first document comes back by the choice, and when the user signs out', async () => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await choose('The API of this server');
  await page.locator('.opblock', { hasText: '/{ref}/execute/' }).waitFor();
  await choose('Your definitions');
  await operation('upper').waitFor();
  await signOut();
  await page.locator('.opblock', { hasText: '/{ref}/execute/' }).waitFor();
  expect(await chosen()).toBe('The API of this server');
  expect(problems).toEqual([]);
});
