// What Tab completes in real shells: bash without the package bash-completion, zsh, and fish where it is installed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientBundle, newClient } from '../support/client.js';
import { startServer, type TestServer } from '../support/server.js';
import { atTerminal, type Step } from '../support/typed-terminal.js';

const procreg = newClient();
const bin = join(procreg.folder, 'bin');
let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  mkdirSync(bin);
  symlinkSync(clientBundle, join(bin, 'procreg'));
  await procreg(['login', server.url, '--name', 'first-server', '-u', 'admin', '--password-stdin'], { input: 'secret\n' });
  const parameters = {
    type: 'object',
    properties: {
      level: { enum: ['quiet', 'chatty'], description: 'how much it says' },
      force: { type: 'boolean' },
      list: { type: 'string', format: 'file' },
    },
  };
  const definition = {
    name: 'translate',
    description: 'changes letters',
    exec: 'tr',
    argv: [['${level}'], ['${force}'], ['${list}']],
    parameters,
  };
  await server.send({ method: 'POST', path: '/api/process_definition/', body: { definition } });
});
afterAll(() => server.stop());

const complete = async (...words: string[]) => (await procreg(['__complete', '--', ...words])).stdout.split('\n').filter(Boolean);
const values = async (...words: string[]) => (await complete(...words)).map((line) => line.split('\t')[0]);

test.each<[string[], string[]]>([
  [['de'], ['def']],
  [['def', 'h'], ['history']],
  [['def', 'show', ''], ['translate']],
  [['def', 'show', 'admin:t'], ['admin:translate']],
  [['def', 'show', '--rev'], ['--revision']],
  [['def', 'apply', ''], [':files']],
  [['def', 'apply', '--group', ''], []],
  [
    ['lane', 'set', ''],
    ['io', 'cpu', 'code'],
  ],
  [
    ['user', 'set', 'admin', '--role', 'a'],
    ['author', 'admin'],
  ],
  [['-s', ''], ['first-server']],
  [['--server=first-server', 'use', 'f'], ['first-server']],
  [
    ['run', 'translate', '--'],
    ['--level', '--force', '--no-force', '--list'],
  ],
  [
    ['run', 'translate', '--level', ''],
    ['quiet', 'chatty'],
  ],
  [['run', 'translate', '--level=c'], ['--level=chatty']],
  [['run', 'translate', '--level', 'quiet', '--l'], ['--list']],
  [['run', 'translate', '--list', ''], [':files']],
  [['run', '-i', ''], [':files']],
  [['attach', '@'], ['@last']],
  [['exec', 'translate', '--l'], []],
  [['nonsense', ''], []],
])('%j is completed by %j', async (words, expected) => {
  expect(await values(...words)).toEqual(expected);
});

test('A description stands behind a tab', async () => {
  expect(await complete('def', 'show', 'tr')).toEqual(['translate\tchanges letters']);
  expect(await complete('run', 'translate', '--le')).toEqual(['--level\thow much it says']);
});

test('A server that does not answer, or refuses, completes nothing, and says nothing', async () => {
  const ways: Record<string, string>[] = [{ PROCREG_URL: 'http://127.0.0.1:1' }, { PROCREG_URL: server.url, PROCREG_TOKEN: 'wrong' }];
  for (const env of ways)
    expect(await procreg(['__complete', '--', 'def', 'show', ''], { env })).toEqual({ code: 0, stdout: '', stderr: '' });
});

const shells: [string, string[], string][] = [
  ['bash', ['bash', '--norc', '--noprofile', '-i'], 'source <(procreg completion bash)'],
  ['zsh', ['zsh', '-f', '-i'], 'source <(procreg completion zsh)'],
  ['fish', ['fish', '--no-config', '-i'], 'procreg completion fish | source'],
];

const isInstalled = ([name]: [string, ...unknown[]]) => spawnSync(name, ['-c', 'true']).status === 0;

describe.each(shells.filter((shell) => shell[0] !== 'fish' || isInstalled(shell)))('%s', (name, argv, source) => {
  test('completes commands, names with a colon, parameters and paths', async () => {
    const env = { ...procreg.environment, PATH: `${bin}:${process.env.PATH}`, PS1: '> ', TERM: name === 'fish' ? 'xterm' : 'dumb' };
    const run = (line: string, shown: string): Step[] => [{ type: `${line}\r` }, { until: shown }];
    const steps: Step[] = [
      { type: `${source}; echo rea''dy\r` },
      { until: 'ready' },
      ...run('procreg def show trans\t', 'exec: tr'),
      ...run('procreg def show admin:trans\t', 'exec: tr'),
      ...run('procreg def hist\ttranslate -q', '1'),
      ...run('procreg run translate --lev\tnonsense', 'must be one of quiet, chatty'),
      ...run('procreg def apply /etc/hostn\t', '/etc/hostname'),
      { type: 'exit\r' },
    ];
    expect((await atTerminal(argv, steps, env)).screen).not.toContain('unknown');
  });
});
