// Units of systemd become definitions: a oneshot a program that is run, a daemon a service.
import { expect, test } from 'vitest';
import { importSystemd } from '../../src/imports/systemd.js';
import { examples, wordsOf } from './examples.js';
import { faultsOf } from './faults-of.js';

const all = importSystemd(examples('units'));
const unit = (name: string) => all.find(({ item }) => item === `units/${name}.service`) ?? { item: '', notes: [] };

test.each<[unit: string, name: string, words: string[]]>([
  ['backup', 'backup', ['/usr/bin/restic', 'backup', '--tag', 'nightly run', '--exclude=*.tmp', '/mnt/backup dir', '3']],
  ['api', 'api', ['/usr/bin/node', '/srv/api/server.js', '--port', '8080']],
  ['report@', 'report', ['/usr/local/bin/report', '--customer=<instance>', '--day', '%', '--name', 'report of report@<instance>.service']],
])('%s.service', async (file, name, words) => {
  const one = unit(file);
  expect(one.refused).toBeUndefined();
  expect(one.definition?.name).toBe(name);
  expect(wordsOf(one)).toEqual(words);
  expect(await faultsOf(one.definition ?? {})).toEqual([]);
});

test('what a oneshot says besides its command', () => {
  expect(unit('backup').definition).toMatchObject({
    description: 'Nightly backup of the shop',
    cwd: '/srv/backup',
    environment: { TARGET: '/mnt/backup dir', LEVEL: '3', QUIET: 'yes' },
    timeout: 7200,
    success_exit_codes: [0, 3],
    limits: { open_files: 4096, tree_memory: '512MiB' },
  });
  const notes = unit('backup').notes.join();
  expect(notes).toMatch(/run_as.*backup/);
  expect(notes).toMatch(/Nice/);
});

test('a daemon is a service', () => {
  expect(unit('api').definition).toMatchObject({
    process_type: 'service',
    restart: { mode: 'abnormal', backoff: 5 },
    stop: { signal: 'INT', grace: 20 },
  });
  expect(unit('api').notes.join()).toMatch(/EnvironmentFile/);
});

test('several commands run one after the other; those with - before them may fail', async () => {
  const one = unit('reindex');
  const [exec, option, script] = wordsOf(one);
  expect([exec, option]).toEqual(['/bin/sh', '-c']);
  expect(script.indexOf('mkdir -p /srv/index')).toBeGreaterThanOrEqual(0);
  expect(script).toMatch(/find \/srv\/index -name '\*\.old' -delete \|\| (true|:)/);
  expect(script).toContain(`'date > /srv/index/when; echo "$HOME" $$'`);
  expect(await faultsOf(one.definition ?? {})).toEqual([]);
});

test('a program that leaves its starter is refused', () => {
  expect(unit('legacyd').refused).toMatch(/forking/);
});

test('the instance of a template is a parameter', () => {
  expect(unit('report@').definition?.parameters).toMatchObject({ required: ['instance'] });
  expect(unit('report@').definition?.description).not.toContain('${');
});
