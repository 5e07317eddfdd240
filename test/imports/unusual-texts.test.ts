// Files as strangers have them: written on Windows, nearly JSON, whole templates, with guards before the command, named after a version.
import { expect, test } from 'vitest';
import type { ImportKind } from '../../src/imports/kinds/import-file.js';
import { importedHere } from '../support/imports.js';

const only = async (kind: ImportKind, text: string, path = 'file') => (await importedHere(kind, { [path]: text }))[0];
const windows = (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`;

const texts: Partial<Record<ImportKind, string>> = {
  crontab: '# Polls\n@daily /usr/bin/poll --all\n',
  webhook: '[\n{"id": "deploy",\n"execute-command": "/bin/deploy"}\n]\n',
  olivetin: 'actions:\n  - title: Show the date\n    shell: |\n      date\n      true\n',
  systemd: '[Unit]\nDescription=Polls\n[Service]\nExecStart=/usr/bin/poll \\\n  --all\n',
  cwl: 'class: CommandLineTool\ncwlVersion: v1.2\nbaseCommand: [echo, hello]\ninputs: []\noutputs: []\n',
  scripts: '#!/bin/sh\n# Greets somebody\necho "hello $1"\n',
};

test.each(Object.entries(texts))('%s: line ends of Windows and a byte order mark change nothing', async (kind, text) => {
  const plain = await only(kind as ImportKind, text);
  expect(plain.definition).toBeDefined();
  expect((await only(kind as ImportKind, windows(text))).definition).toEqual(plain.definition);
});

test('A script that was written on Windows is stored with the line ends that a kernel takes, and that is noted', async () => {
  const { definition, notes } = await only('scripts', windows('#!/bin/sh\necho "hello $1"\n'), 'greet.sh');
  expect(definition?.files).toEqual({ 'greet.sh': '#!/bin/sh\necho "hello $1"\n' });
  expect(notes).toContain('a byte order mark and line ends of Windows (CR LF) are left out');
});

test('JSON with a comma behind the last item is read, as webhook reads it', async () => {
  const { definition } = await only(
    'webhook',
    '[{"id": "show", "execute-command": "/bin/echo", "pass-arguments-to-command": [{"source": "entire-payload",},],}]',
  );
  expect(definition).toMatchObject({ name: 'show', argv: ['${payload}'] });
  expect((await only('webhook', '[{"id": ]')).refused).toMatch(/^it cannot be read: .*JSON/);
});

test('A file of hooks that is a template as a whole is refused as one', async () => {
  const text = '[{"id": "a", "execute-command": {{ getenv "SCRIPT" | js }}, "secret": "{{ credential "x" }}"}]';
  expect((await only('webhook', text)).refused).toBe('it has templates ({{ … }}), whose values only webhook knows');
});

test('Conditions that are the same are named once', async () => {
  const match = (range: string) => ({ match: { type: 'ip-whitelist', 'ip-range': range } });
  const hook = { id: 'a', 'execute-command': '/bin/true', 'trigger-rule': { or: [match('10.0.0.0/8'), match('172.16.0.0/12')] } };
  expect((await only('webhook', JSON.stringify([hook]))).notes).toEqual([
    'its trigger-rule (ip-whitelist) is not carried over: anyone who may run the definition runs it, and nobody without a login',
  ]);
});

test.each([
  ['test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }', 'run-parts'],
  ['[ -x /usr/lib/php/sessionclean ] && if [ ! -d /run/systemd/system ]; then /usr/lib/php/sessionclean; fi', 'sessionclean'],
  ['test -e /run/systemd/system || SERVICE_MODE=1 /sbin/e2scrub_all -A -r', 'e2scrub_all'],
  ['command -v debian-sa1 > /dev/null && debian-sa1 1 1', 'debian-sa1'],
])('a line is called after its command, not after the guard before it: %s', async (command, name) => {
  const { definition, notes } = await only('crontab', `5 4 * * * root ${command}\n`);
  expect(definition?.name).toBe(name);
  expect(notes).toContain('it ran as root: no program runs as root here');
});

test('TimeoutSec is the timeout of the start and of the stop', async () => {
  const { definition, notes } = await only('systemd', '[Service]\nType=oneshot\nExecStart=/bin/true\nTimeoutSec=2min\n');
  expect(definition).toMatchObject({ timeout: 120, stop: { grace: 120 } });
  expect(notes).toEqual([]);
});

test('A version at the end of a name stays, and the ending of a language goes', async () => {
  const names = ['irb3.1', 'invoke-rc.d', 'report.sh', 'tool.py'].map((path) => only('scripts', '#!/bin/sh\necho\n', path));
  expect((await Promise.all(names)).map(({ definition }) => definition?.name)).toEqual(['irb3.1', 'invoke-rc.d', 'report', 'tool']);
});

test.each([
  ['count.rb', 'puts ARGV.size\n', 'ruby'],
  ['mail.php', '<?php echo $argv[1];\n', 'php'],
  ['sum.lua', 'print(arg[1])\n', 'lua'],
  ['plot.R', 'cat(commandArgs(TRUE))\n', 'Rscript'],
])(
  '%s, which has no first line that says its program, is run by what its ending says, and its options are not read',
  async (path, text, program) => {
    const { definition, notes } = await only('scripts', text, path);
    expect(definition).toMatchObject({ exec: `./${path}`, files: { [path]: `#!/usr/bin/env ${program}\n${text}` } });
    expect(notes).toEqual(['its options could not be read: only those of sh, Python, Node.js and Perl are known']);
  },
);

test('Two arguments in one line of Python are two parameters', async () => {
  const { definition } = await only('scripts', 'import sys\nprint(sys.argv[1] * int(sys.argv[2]))\n', 'repeat.py');
  expect(definition).toMatchObject({ argv: ['${arg1}', '${arg2}'], parameters: { required: ['arg1', 'arg2'] } });
});

test('Another script is named as a file, not as a part of a word', async () => {
  const files = {
    'main.sh': '#!/bin/sh\n# a shared service, prepared for all\n. ./lib.sh\n"$(dirname "$0")/helper" mylib.sh.bak\n',
    ...{ 'lib.sh': '#!/bin/sh\n', helper: '#!/bin/sh\n', red: '#!/bin/sh\n', service: '#!/bin/sh\n', 'all.sh': '#!/bin/sh\n' },
  };
  const main = (await importedHere('scripts', files)).find(({ item }) => item === 'main.sh');
  expect(main?.notes).toEqual(['it names lib.sh, which is not among its files', 'it names helper, which is not among its files']);
});

test('What YAML warns of does not reach the log of the server', async () => {
  const heard: string[] = [];
  const hear = ({ message }: Error) => heard.push(message);
  process.on('warning', hear);
  await only('olivetin', `%UNKNOWN ${'x'.repeat(50_000)}\n---\nactions: []\n`);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', hear);
  expect(heard).toEqual([]);
});

test('Aliases that would grow without end are refused', async () => {
  const levels = Array.from({ length: 12 }, (_, index) => `a${index + 1}: &a${index + 1} [${Array(9).fill(`*a${index}`).join(', ')}]`);
  const text = `a0: &a0 [x, x]\n${levels.join('\n')}\nactions: *a12\n`;
  expect((await only('olivetin', text)).refused).toMatch(/^it cannot be read: Excessive alias count/);
});
