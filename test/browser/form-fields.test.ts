// The fields of a form in a real browser: what is filled in arrives in the program, and what is wrong is said where it is.
import { expect, test } from 'vitest';
import { eventually, everyArgument, everyType, field, file, outputOf, outputOfShown, put } from '../support/filled-form.js';
import { expectQuiet } from '../support/page.js';
import { declared, needed, shell, show } from '../support/programs.js';
import { opened, page, useSignedInPage } from '../support/signed-in-page.js';

useSignedInPage();

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

test('A list that must have an item is no fault before anything is filled in', async () => {
  const numbers = { type: 'array', items: { type: 'number' }, minItems: 1 };
  await put('numbers', show(['${numbers}'], needed({ numbers })));
  await opened.open('definitions/numbers');
  await page.waitForSelector('.command-line');
  // longer than the page waits before it asks
  await page.waitForTimeout(500);
  await page.locator('.list').getByText('Add').click();
  await page.keyboard.type('5');
  await eventually(() => page.locator('.command-line').textContent()).toMatch(/ 5$/);
  // the browser reports each refusal
  expectQuiet(opened);
});

test('A fault that belongs to no field stands above the button', async () => {
  await put('elsewhere', { exec: '/bin/true', application: 'nowhere' });
  await opened.open('definitions/elsewhere');
  await eventually(() => page.locator('.command .fault').textContent()).toContain('nowhere');
  await page.click('button[type=submit]');
  await eventually(() => page.locator('form .problem').textContent()).toContain('nowhere');
  expectQuiet(opened, /status of 409/);
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
