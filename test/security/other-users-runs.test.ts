// Programs of two users at the same time: neither sees the other's files, environment, processes, nor what is the server's.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, isRoot, newMark, partedGrounds, said, startOn, stop, submit } from '../support/hostile.js';
import { childrenOf, launcherOf, marked } from '../support/processes.js';
import { defined, execute, shell } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const spy = readFileSync(join(import.meta.dirname, 'probes/spy.py'), 'utf8');
const ann = 'ann:ann-password';
const bob = 'bob:bob-password';

const keeping = (then: string, mark: string) => ({
  exec: '/bin/sh',
  argv: ['-c', `echo $MARK > kept; chmod 777 kept; pwd; head -c 100000 /dev/zero >&2; echo up; ${then}`],
  environment: { MARK: mark },
});

describe.each(partedGrounds)('%s', (_where, ground) => {
  const atPidns: typeof test = (ground.level === 'pidns' ? test : () => undefined) as typeof test;
  let server: TestServer;
  let found: Record<string, unknown[]>;
  let ownWork: string;
  let running: string;

  beforeAll(async () => {
    server = await startOn(ground, { GRACE: '0.5' });
    await server.user(ann, 'author');
    await server.user(bob, 'author');
    const mark = newMark();
    const over = await ended(server, await submit(server, keeping('true', mark), ann));
    running = await submit(server, keeping('sleep 600', mark), ann);
    await said(server, running, 'up');
    const annsPids = marked(mark);
    const work = (await server.send({ path: `${running}log/?stream=stdout` })).text.split('\n')[0];
    const runs = join(server.dataDir, 'runs');
    const wanted = {
      mark,
      data: server.dataDir,
      pids: [
        ...annsPids,
        server.pid,
        launcherOf(server.dataDir) as number,
        ...childrenOf(launcherOf(server.dataDir) as number).map(({ pid }) => pid),
      ],
      paths: [
        ...[work, join(work, 'kept'), join(work, '../tmp'), join(server.dataDir, 'work')],
        ...[runs, join(runs, over.id), join(runs, over.id, 'log'), join(runs, running.split('/')[3], 'log')],
        ...[join(server.dataDir, 'work/kept'), join(server.dataDir, 'work/kept', over.id, 'work/kept')],
        ...['registry.sqlite', 'registry.sqlite-wal', 'lock'].map((name) => join(server.dataDir, name)),
      ],
    };
    const script = `import os; print(os.getcwd())\n${spy}`;
    const path = await defined(server, { exec: '/usr/bin/python3', argv: ['-c', script, JSON.stringify(wanted)] }, bob);
    const answer = await server.send({ method: 'POST', path: `${path}execute/`, login: bob });
    expect(answer.status, answer.text).toBe(200);
    const [first, ...rest] = answer.text.split('\n');
    ownWork = first;
    found = JSON.parse(rest.join('\n'));
  });
  afterAll(async () => {
    await stop(server, running);
    await server.stop();
  });

  test('files of another run, running or ended, cannot be read, whatever their mode', () => {
    expect(found.read).toEqual([]);
    expect(found.listed).toEqual([]);
  });

  test('nothing in DATA_DIR can be read but the program’s own files', () => {
    expect(found.walked.filter((path) => !String(path).startsWith(ownWork))).toEqual([]);
  });

  test('the environment of other processes cannot be read', () => {
    expect(found.environ).toEqual([]);
  });

  test('other processes cannot be signalled, traced or opened', () => {
    const ownInit = ground.level === 'pidns' ? 1 : 0;
    expect([found.signalled.filter((pid) => pid !== ownInit), found.traced, found.opened]).toEqual([[], [], []]);
  });

  test('an empty folder of a run is given to runs of the same user alone, since that user may have left a watch on it', async () => {
    const paths = { ann: await defined(server, shell('stat -c %i .'), ann), bob: await defined(server, shell('stat -c %i .'), bob) };
    const folders = { ann: new Set<string>(), bob: new Set<string>() };
    for (let turn = 0; turn < 10; turn++) {
      for (const who of ['ann', 'bob'] as const) {
        const login = who === 'ann' ? ann : bob;
        folders[who].add((await server.send({ method: 'POST', path: `${paths[who]}execute/`, login })).text);
      }
    }
    expect([...folders.ann].filter((folder) => folders.bob.has(folder))).toEqual([]);
    expect(Math.max(folders.ann.size, folders.bob.size)).toBeLessThan(10);
  });

  atPidns('no signal that a program sends to its init does anything', async () => {
    const shoot = 'for number in $(seq 1 64); do kill -$number 1 2>/dev/null; done; sleep 0.3; echo alive; exit 7';
    const { json } = await execute(server, shell(shoot));
    expect([json.code, json.exit_code, json.stdout]).toEqual(['exit', 7, 'alive\n']);
  });

  atPidns('no other process is seen but the init of the run', () => {
    expect(found.visible).toEqual([1]);
    expect(found.named).toEqual(isRoot && ground.options.uid === undefined ? [] : [1]);
  });
});

test.runIf(isRoot).each(['process', 'pidns'])('at level %s few user ids are enough for many users, one after the other', async (level) => {
  const server = await startServer({ ISOLATION: level, RUN_UIDS: '700000-700002' });
  try {
    for (const login of [ann, bob]) await server.user(login, 'author');
    for (const login of [ann, bob, adminLogin, ann]) {
      const path = await defined(server, shell('sleep 0.3; id -u'), login);
      const answers = await Promise.all([1, 2, 3].map(() => server.send({ method: 'POST', path: `${path}execute/`, login })));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(3);
    }
  } finally {
    await server.stop();
  }
});
