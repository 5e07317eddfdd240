// The lines of crontabs become definitions that start what cron starts, or are refused with the reason.
import { describe, expect, test } from 'vitest';
import { importCrontab } from '../../src/imports/crontab.js';
import { example, wordsOf } from './examples.js';
import { faultsOf } from './faults-of.js';

const all = importCrontab(example('user.crontab'));
const system = importCrontab(example('cron.d/app'));
const byLine = (line: number) => all.find(({ item }) => item === `line ${line}`) ?? { item: '', notes: [] };
const shell = (text: string) => ['/bin/bash', '-c', text];

describe('the crontab of a user', () => {
  test.each<[line: number, name: string, words: string[]]>([
    [6, 'poll-feeds', ['/usr/local/bin/poll-feeds']],
    [7, 'backup', ['/usr/local/bin/backup.sh', '--full', '/srv/data']],
    [8, 'logrotate', shell('test -x /usr/sbin/logrotate && /usr/sbin/logrotate /etc/logrotate.conf')],
    [9, 'find', ['/usr/bin/find', '/tmp', '-mtime', '+7', '-delete']],
    [10, 'warm-cache', shell('/usr/local/bin/warm-cache >/dev/null 2>&1')],
    [12, 'manage', shell('cd /srv/app && ./manage.py clearsessions')],
    [13, 'date', shell('date "+%Y-%m-%d" >> /var/log/weeks')],
    [15, 'mysqldump', shell('mysqldump shop | gzip > /backup/shop-$(date +%F).sql.gz')],
    [16, 'env', shell('LEVEL=3 /usr/bin/env')],
    [17, 'echo', ['echo', 'run at 5 after 4 every Sunday']],
    [18, 'sync', ['/opt/My App/bin/sync', '--quiet']],
    [19, 'true', ['/bin/true']],
    [24, 'printenv', shell('/usr/bin/printenv PATH ${HOME}')],
  ])('line %i starts %s', async (line, name, words) => {
    const one = byLine(line);
    expect(one.definition?.name).toBe(name);
    expect(wordsOf(one)).toEqual(words);
    expect(await faultsOf(one.definition ?? {})).toEqual([]);
    expect(one.definition?.environment).toMatchObject({ PATH: '/usr/local/bin:/usr/bin:/bin' });
    expect(one.definition?.input_adapter).toEqual({ input_type: 'none' });
  });

  test('what stands behind % is the standard input', async () => {
    const one = byLine(14);
    const [exec, option, script] = wordsOf(one);
    expect([exec, option]).toEqual(['/bin/bash', '-c']);
    expect(script).toContain('mail -s "Weekly report" boss@example.org');
    expect(script).toContain('Dear boss,\n\nall is well.\n');
    expect(await faultsOf(one.definition ?? {})).toEqual([]);
  });

  test.each([
    [20, /minute.*61/],
    [21, /month/],
    [22, /@fortnightly/],
  ])('line %i is refused', (line, reason) => {
    expect(byLine(line).definition).toBeUndefined();
    expect(byLine(line).refused).toMatch(reason);
  });

  test('each line of a command is one item, and its times are said', () => {
    expect(all).toHaveLength(17);
    const converted = all.filter(({ definition }) => definition);
    expect(converted.every(({ notes }) => notes.some((note) => note.startsWith('when it runs (')))).toBe(true);
    expect(byLine(6).notes.join()).toContain('*/5 * * * *');
    expect(byLine(9).notes.join()).toContain('@daily');
    expect(byLine(19).notes.join()).toContain('never');
    expect(byLine(24).notes.join()).toContain('CRON_TZ');
    expect(byLine(6).notes.join()).toContain('MAILTO');
  });
});

test('a comment right above a line describes it', () => {
  expect(byLine(12).definition?.description).toBe('clears what has expired');
});

describe('a crontab of the system', () => {
  test.each<[index: number, name: string, user: string, words: string[]]>([
    [0, 'run-parts', 'root', ['/bin/sh', '-c', 'cd / && run-parts --report /etc/cron.hourly']],
    [1, 'cron', 'www-data', ['/usr/bin/php', '/srv/nextcloud/cron.php']],
    [2, 'prune', 'backup', ['/usr/local/bin/prune', '--keep', '5']],
  ])('item %i starts %s', async (index, name, user, words) => {
    const one = system[index];
    expect(one.definition?.name).toBe(name);
    expect(wordsOf(one)).toEqual(words);
    expect(one.notes.join()).toContain(user);
    expect(await faultsOf(one.definition ?? {})).toEqual([]);
  });
});
