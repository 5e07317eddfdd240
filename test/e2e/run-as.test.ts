// `run_as`: programs that run as a user of the machine, with the home and the groups of that user, where an admin has said so.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defined, execute, shell, store } from '../support/programs.js';
import { crash, endOf, next, running } from '../support/restarts.js';
import { pathsOf } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';
import { messagesOf, once, say, service, startService, texts } from '../support/services.js';

const isRoot = process.getuid?.() === 0;
const idOf = (name: string, option: string) => execFileSync('id', [option, name], { encoding: 'utf8' }).trim();
/** Users of the machine; the first has groups besides its own where a user of the machine has any. */
const members = readFileSync('/etc/group', 'utf8')
  .split('\n')
  .flatMap((line) => line.split(':')[3]?.split(',') ?? []);
const grouped = members.find((name) => name !== '' && name !== 'root') ?? 'games';
const named = (name: string) =>
  readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([entry]) => entry === name)!;
const users = [grouped, 'daemon'];
const settings = { RUN_AS_USERS: `${users.join(',')},nobody-at-all` };

describe.runIf(isRoot).each(['process', 'pidns', 'sandbox'])('as root at level %s', (level) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ ...settings, ISOLATION: level });
  });
  afterAll(() => server.stop());

  test.each(users)('a program of %s has its ids, its home and its name', async (user) => {
    const script = 'id -u; id -g; echo $HOME $USER $LOGNAME; stat -c %U . "$TMPDIR"; id -un; [ -e "$HOME" ] && echo there';
    const answer = await execute(server, shell(script, { run_as: user }));
    const [uid, gid, names, ...owners] = answer.text.trimEnd().split('\n');
    expect([uid, gid], answer.text).toEqual([idOf(user, '-u'), idOf(user, '-g')]);
    const home = named(user)[5];
    if (level !== 'sandbox') expect(names).toBe(`${home} ${user} ${user}`);
    else expect(names).toMatch(new RegExp(`^/\\S+/tmp ${user} ${user}$`));
    expect(owners).toEqual([user, user, user, ...(level === 'sandbox' || existsSync(home) ? ['there'] : [])]);
    expect((await server.send({ path: `/api/run/${answer.headers['run-id']}/` })).json.isolation).toBe(level);
  });

  test('the groups are those of the user', async () => {
    const groups = (await execute(server, shell('grep ^Groups: /proc/self/status', { run_as: grouped }))).text.trim().split(/\s+/).slice(1);
    // a user namespace shows groups that it does not map as 65534
    const own = idOf(grouped, '-G').split(' ');
    const seen = level === 'sandbox' ? own.map((group) => (group === idOf(grouped, '-g') ? group : '65534')) : own;
    expect([...groups].sort()).toEqual([...seen].sort());
  });

  test('script, message, file, output and artifacts work, belong to the user, and can be removed', async () => {
    const script = '#!/bin/sh\nstat -c %U "$0" "$1" > who; cat "$1" data > "$2"; mkdir deep; touch deep/left; chmod 0 deep\n';
    const argv = ['${input_file}', '${output_file}'];
    const answer = await execute(
      server,
      { exec: './run.sh', argv, files: { 'run.sh': script, data: 'data' }, run_as: 'daemon' },
      { body: 'message ' },
    );
    expect(answer.text).toBe('message data');
    const run = `/api/run/${answer.headers['run-id']}/`;
    expect((await server.send({ path: `${run}files/who` })).text).toBe('daemon\ndaemon\n');
    expect(await pathsOf(server, run)).toEqual(['deep', 'deep/left', 'who']);
    const kept = join(server.dataDir, 'work/kept', String(answer.headers['run-id']));
    const folder = existsSync(kept) ? kept : undefined;
    if (folder) expect(lstatSync(`${folder}/work`).uid).toBe(Number(idOf('daemon', '-u')));
    expect((await server.send({ method: 'DELETE', path: run })).status).toBe(204);
    if (folder) expect(existsSync(folder)).toBe(false);
  });

  test('a program does not get what only root or other users may', async () => {
    const steps = ['cat /etc/shadow', `ls ${server.dataDir}/runs`, 'su -c true', 'touch /root/x'];
    const tried = [...steps.map((step) => `${step} 2> /dev/null && echo "${step}"`), 'true'].join('\n');
    expect((await execute(server, shell(tried, { run_as: 'daemon' }))).text).toBe('');
  });

  test('a service runs as the user at each start', async () => {
    const script = 'while read -r line; do id -un; [ "$line" = end ] && exit 3; done';
    const { definition, run } = await startService(server, service(script, { run_as: 'daemon', restart: { backoff: 0.1 } }));
    await say(server, definition, 'end');
    await once(server, run, ({ ready, attempt }) => ready && attempt === 2);
    await say(server, definition, 'more');
    expect(texts(await messagesOf(server, run, { count: 2 }))).toEqual(['daemon\n', 'daemon\n']);
    await server.send({ method: 'POST', path: `${run}stop/` });
  });

  test('what such a run leaves empty goes to no other run', async () => {
    const seen = new Set<string>();
    for (const run_as of ['daemon', undefined, grouped, 'daemon'])
      seen.add((await execute(server, shell('stat -c %u .; pwd', { run_as }))).text);
    expect(new Set([...seen].map((text) => text.split('\n')[1])).size).toBe(4);
  });
});

test.runIf(isRoot)(
  'a run as a user outlives the server; a user who is listed no more is refused with the reason, also to a run that waited',
  async () => {
    const limited = { ...settings, LANES: 'io=1' };
    const first = await startServer(limited);
    const run = await running(first, shell('while [ ! -e go ]; do sleep 0.05; done; id -un', { run_as: 'daemon' }));
    const path = await defined(first, shell('id -un', { run_as: 'daemon' }));
    const waiting = (await first.send({ method: 'POST', path: '/api/run/', body: { definition: path } })).json.resource_uri;
    await crash(first);
    const server = await next(first, { LANES: 'io=1' });
    expect((await server.send({ method: 'PUT', path: `${run}files/go`, body: '' })).status).toBe(201);
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'exit', exit_code: 0 });
    expect((await server.send({ path: `${run}output/` })).text).toBe('daemon\n');
    const why = expect.stringContaining("RUN_AS_USERS does not list the user 'daemon'");
    expect(await endOf(server, waiting)).toMatchObject({ end_reason: 'spawn_error', error: why });
    for (const way of ['execute/', 'explain/'])
      expect(await server.send({ method: 'POST', path: `${path}${way}` })).toMatchObject({
        status: 409,
        json: { code: 'run_as_refused', detail: why },
      });
    expect((await server.send({ method: 'PUT', path, body: { definition: shell('true') } })).status).toBe(204);
    await server.stop();
  },
);

test.runIf(isRoot)('a key of this name that was stored before it meant anything is forgotten', async () => {
  const first = await startServer();
  const path = await defined(first, shell('id -u'));
  const body = { definition: path, start: false };
  const waiting = (await first.send({ method: 'POST', path: '/api/run/', body })).json.resource_uri;
  await first.send({ method: 'PUT', path, body: { definition: shell('id -u', { tags: ['new'] }) } });
  await first.stop({ keep: true });
  const database = new Database(join(first.dataDir, 'registry.sqlite'));
  for (const table of ['process_definition', 'definition_revision'])
    database.exec(`UPDATE ${table} SET definition = json_set(definition, '$.run_as', 'daemon')`);
  database.exec("UPDATE run SET run_order = json_set(run_order, '$.definition.run_as', 'daemon')");
  database.exec("DELETE FROM migrations WHERE name LIKE 'ForgetRunAs%'");
  database.close();
  const server = await next(first, settings);
  expect((await server.send({ path: `${path}revisions/` })).text).not.toContain('run_as');
  await server.send({ method: 'POST', path: `${waiting}start/` });
  await endOf(server, waiting);
  const outputs = [await server.send({ path: `${waiting}output/` }), await server.send({ method: 'POST', path: `${path}execute/` })];
  for (const { text } of outputs) expect(Number(text)).toBeGreaterThan(65_535);
  await server.stop();
});

test.runIf(isRoot)('what DEFINITIONS_DIR holds may name a listed user; with another the server does not start', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-run-as-'));
  writeFileSync(join(folder, 'mine.json'), JSON.stringify(shell('id -un', { run_as: 'daemon' })));
  const server = await startServer({ ...settings, DEFINITIONS_DIR: folder });
  expect((await server.send({ method: 'POST', path: '/api/process_definition/mine/execute/' })).text).toBe('daemon\n');
  await server.stop();
  await expect(startServer({ DEFINITIONS_DIR: folder })).rejects.toThrow(
    /mine\.json: .*run_as: RUN_AS_USERS does not list the user 'daemon'/,
  );
  rmSync(folder, { recursive: true });
});

test.each([
  ['a server that is not root', {}, 65534, /this server does not run as root/],
  ['the child_process launcher', { LAUNCHER: 'child_process' }, undefined, /run_as needs the native launcher/],
])('%s refuses run_as when it is stored', async (_what, more, uid, why) => {
  const server = await startServer({ ...settings, ...more }, { uid: isRoot ? uid : undefined });
  const answer = await store(server, shell('true', { run_as: 'daemon' }));
  expect([answer.status, answer.json.faults]).toEqual([
    400,
    [{ path: 'run_as', message: expect.stringMatching(isRoot ? why : /not run as root/) }],
  ]);
  await server.stop();
});

test.each([['root', { RUN_AS_USERS: 'daemon,root' }, /RUN_AS_USERS must be names of users other than root/]])(
  'a server whose RUN_AS_USERS names %s does not start',
  async (_what, wrong, why) => {
    await expect(startServer(wrong)).rejects.toThrow(why);
  },
);
