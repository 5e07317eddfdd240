// The login of Swagger UI, the parameters that a definition declares, and output that can be heard.
import { expect, test } from 'vitest';
import { authorize, page, problems, useSwaggerUi } from '../support/swagger.js';

const definitions = {
  say: { exec: '/bin/echo', argv: [['${word}']], parameters: { type: 'object', properties: { word: { type: 'string' } } } },
  mp3: {
    exec: '/bin/cat',
    output_adapter: { output_type: 'file', output_parameters: { file_type: 'stream', stream_name: 'STDOUT', content_type: 'audio/mpeg' } },
  },
};

useSwaggerUi(definitions);

const note = () => page.locator('#login-note');
const route = () => page.locator('.opblock', { hasText: '/{ref}/execute/' });

async function execute(ref: string, fields: { parameters: string; message: string }): Promise<void> {
  await route().locator('tr[data-param-name="ref"] input').fill(ref);
  await route().locator('tr[data-param-name="parameters"] textarea').fill(fields.parameters);
  await route().locator('.body-param textarea').fill(fields.message);
  await route().locator('button.execute').click();
}

test('A wrong login is refused in words and not kept', async () => {
  await authorize(page, 'admin', 'wrong');
  await note().getByText('The server refuses this login').waitFor();
  expect(await page.evaluate('sessionStorage.length')).toBe(0);
});

test('A login lasts as long as the tab', async () => {
  await authorize(page, 'admin', 'secret');
  await note().getByText('Signed in as admin (admin)').waitFor();
  await page.reload();
  await note().getByText('Signed in as admin (admin)').waitFor();
  expect(await page.evaluate('localStorage.length')).toBe(0);
});

test('The declared parameters of a definition can be given', async () => {
  await route().locator('.opblock-summary-control').click();
  await execute('say', { parameters: '{"word": "hello"}', message: '' });
  await route().locator('.live-responses-table .highlight-code', { hasText: 'hello' }).first().waitFor();
});

test('Audio in an answer can be heard and saved', async () => {
  await execute('mp3', { parameters: '{}', message: 'sound' });
  await route().locator('audio').waitFor();
  const save = route().getByText('Save output.mp3');
  const source = await save.getAttribute('href');
  expect(source).toMatch(/^blob:/);
  expect(await page.evaluate(`fetch('${source}').then((answer) => answer.text())`)).toBe('sound');
  expect(problems).toEqual([]);
});

test('The page fits a phone', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
});
