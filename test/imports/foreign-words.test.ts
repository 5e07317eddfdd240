// Words of files that are names of every object of JavaScript, and texts in which CWL would see an expression.
import { expect, test } from 'vitest';
import { cwlOf } from '../../src/imports/cwl-export.js';
import { Refused } from '../../src/imports/imported.js';
import { importedHere } from '../support/imports.js';

const words = ['constructor', 'toString', '__proto__', 'hasOwnProperty'];
const only = async (...sent: Parameters<typeof importedHere>) => (await importedHere(...sent))[0];

test.each(words)('%s is neither a type nor a unit of time', async (word) => {
  const action = { title: 'a', shell: 'echo {{ b }}', arguments: [{ name: 'b', type: word }] };
  expect((await only('olivetin', { file: JSON.stringify({ actions: [action] }) })).refused).toBe(`the type ${word} of b is not known`);
  const unit = await only('systemd', {
    'a.service': `[Service]\nType=oneshot\nExecStart=/bin/true\nTimeoutStartSec=5${word.toLowerCase()}\n`,
  });
  expect(unit.definition?.timeout).toBeUndefined();
  const script = `#!/usr/bin/env python3\nimport sys\nfirst = ${word}(sys.argv[1])\n`;
  const { definition } = await only('scripts', { 'a.py': script });
  for (const { type } of Object.values(definition?.parameters?.properties ?? {})) expect(type).toBe('string');
});

test('A step of zero is refused by name, however it is written', async () => {
  expect((await only('crontab', { own: '*/000 * * * * /bin/true\n' })).refused).toMatch(/^minute '\*\/000' is not allowed/);
});

test('Names of files and backslashes are no expressions in CWL', () => {
  const definition = {
    ...{ exec: '/bin/echo', input_adapter: { input_type: 'none' } },
    argv: ['one\\${given}.'],
    parameters: { required: ['given'], properties: { given: { type: 'string' } } },
  };
  const tool = JSON.parse(JSON.stringify(cwlOf({ ...definition, name: 'a' })));
  const constants = Object.values(tool.inputs as Record<string, { default?: unknown }>).map(({ default: value }) => value);
  expect(constants).toEqual(expect.arrayContaining(['one\\']));
  expect(JSON.stringify(tool.arguments)).not.toMatch(/\\\\\$\(/);
  expect(() => cwlOf({ ...definition, name: 'a', files: { 'a$(inputs)': 'b' } })).toThrow(Refused);
});
