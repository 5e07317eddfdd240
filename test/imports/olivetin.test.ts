// Actions of OliveTin become definitions, whose values are never code of a shell.
import { expect, test } from 'vitest';
import { importOliveTin } from '../../src/imports/olivetin.js';
import { example, wordsOf } from './examples.js';
import { faultsOf } from './faults-of.js';

const all = importOliveTin(example('olivetin.yaml'));
const action = (title: string) => all.find(({ item }) => item === `action ${title}`) ?? { item: '', notes: [] };

test.each<[title: string, name: string, parameters: string[]]>([
  ['Ping host', 'ping_host', ['host', 'count']],
  ['Restart container', 'restart-container', ['container']],
  ['Fetch a page', 'fetch-a-page', ['address']],
  ['date', 'date', []],
  ['Delete old backups', 'delete-old-backups', []],
  ['Say hello', 'say-hello', ['name', 'day']],
  ['Change a password', 'change-a-password', ['password', 'user']],
  ['Nightly cleanup', 'nightly-cleanup', ['mode']],
])('action %s', async (title, name, parameters) => {
  const { definition, refused } = action(title);
  expect(refused).toBeUndefined();
  expect(definition?.name).toBe(name);
  expect(Object.keys(definition?.parameters?.properties ?? {}).sort()).toEqual([...parameters].sort());
  expect(await faultsOf(definition ?? {})).toEqual([]);
});

test.each([
  ['Check {{ server.hostname }}', /entit/],
  ['Run anything', /very_dangerous_raw_string|raw/],
])('action %s is refused', (title, reason) => {
  expect(action(title).refused).toMatch(reason);
});

test('types, choices, defaults and times', () => {
  const ping = action('Ping host').definition;
  expect(ping?.timeout).toBe(100);
  expect(ping?.parameters?.properties).toMatchObject({
    host: { type: 'string', default: 'localhost', description: 'The host that you want to ping' },
    count: { type: 'integer', default: 3 },
  });
  const restart = action('Restart container').definition;
  expect(restart?.max_parallel).toBe(1);
  expect(restart?.parameters).toMatchObject({
    required: ['container'],
    properties: { container: { enum: ['plex', 'traefik', 'postgres-15'] } },
  });
  expect(action('Change a password').definition?.parameters?.properties).toMatchObject({
    password: { secret: true },
    user: { pattern: '^[a-z][a-z0-9]{0,15}$' },
  });
});

test('a value stands behind the script, in whatever quotes it stood', () => {
  expect(wordsOf(action('Ping host'), { host: '$(id)', count: 2 })).toEqual(['/bin/sh', '-c', 'ping "${1}" -c "${2}"', 'sh', '$(id)', '2']);
  expect(wordsOf(action('Fetch a page'), { address: 'http://x/' })).toEqual(['curl', '--silent', 'http://x/']);
  const [, , script, , name, day] = wordsOf(action('Say hello'), { name: 'A', day: 'today' });
  expect(script).toContain(`echo "Hello \${1}"`);
  expect([name, day]).toEqual(['A', 'today']);
});

test('what cannot be carried over is said', () => {
  const notes = action('Nightly cleanup').notes.join();
  for (const key of ['shellAfterCompleted', 'execOnCron', 'execOnStartup', 'maxRate']) expect(notes).toContain(key);
  expect(action('Delete old backups').notes.join()).toMatch(/confirm/);
});
