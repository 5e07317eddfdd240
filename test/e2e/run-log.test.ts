// The logs of runs: as text, as they grow, and as events that resume where they broke off.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import { begun, ran, shell } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

describe.each(databases)('runs on %s', (databaseName) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(await newDatabase(databaseName));
  });
  afterAll(() => server.stop());
  const get = (path: string, headers: Record<string, string> = {}) => server.send({ path, headers });

  describe('the log', () => {
    const talk = 'for n in 1 2 3; do echo out$n; sleep 0.1; echo err$n >&2; sleep 0.1; done';

    test('is text, per stream or both in the order of writing', async () => {
      const path = await ran(server, shell(talk));
      expect(await get(`${path}log/`)).toMatchObject({
        text: 'out1\nerr1\nout2\nerr2\nout3\nerr3\n',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      });
      expect((await get(`${path}log/?stream=stdout`)).text).toBe('out1\nout2\nout3\n');
      expect((await get(`${path}log/?stream=stderr`)).text).toBe('err1\nerr2\nerr3\n');
      expect((await get(`${path}log/?stream=stdin`)).status).toBe(400);
    });

    test('with follow=1 continues while the run does, and ends with it', async () => {
      const path = await begun(server, shell('echo one; sleep 1; echo two'));
      const asked = request(new URL(`${path}log/?follow=1`, server.url), { auth: adminLogin, agent: false }).end();
      const followed = (await once(asked, 'response'))[0] as IncomingMessage;
      expect(String((await once(followed, 'data'))[0])).toBe('one\n');
      expect((await get(path)).json.state).toBe('running');
      expect((await followed.toArray()).join('')).toBe('two\n');
    });

    test('is there for the first who reads it, while the run continues', async () => {
      const path = await begun(server, shell('echo said; touch there; sleep 30'));
      await expect.poll(async () => (await get(`${path}files/there`)).status).toBe(200);
      expect((await get(`${path}log/`)).text).toBe('said\n');
      await server.send({ method: 'POST', path: `${path}stop/` });
    });

    test('that was followed to its end leaves the run shown as ended', async () => {
      for (let count = 0; count < 10; count++) {
        const path = await begun(server, shell('sleep 0.1; echo done'));
        expect((await get(`${path}log/?follow=1`)).text).toBe('done\n');
        expect((await get(path)).json.state).toBe('finished');
      }
    });

    test.each([
      ['while it runs', begun],
      ['when it has ended', ran],
    ])('as events resumes exactly after the Last-Event-ID (%s)', async (_when, start) => {
      const path = await start(server, shell(`${talk}; printf '\\377\\000'; sleep 0.1; head -c 100000 /dev/zero | tr '\\0' z`));
      const all = await events(path);
      expect([all[0].name, all.at(-1)?.name]).toEqual(['state', 'end']);
      const spoken = all.filter(({ name }) => /^std/.test(name));
      expect(spoken.slice(0, 7).map(({ name, data }) => `${name} ${data}`)).toEqual([
        'stdout out1\n',
        'stderr err1\n',
        'stdout out2\n',
        'stderr err2\n',
        'stdout out3\n',
        'stderr err3\n',
        'stdout-base64 /wA=',
      ]);
      expect(
        spoken
          .slice(7)
          .map(({ data }) => data)
          .join(''),
      ).toBe('z'.repeat(100_000));
      expect(JSON.parse(all.at(-1)?.data as string)).toMatchObject({ state: 'finished', success: true });
      for (const [index, { id }] of spoken.entries())
        expect((await events(path, id)).filter(({ name }) => /^std/.test(name))).toEqual(spoken.slice(index + 1));
    });
  });

  async function events(path: string, lastEventId?: string): Promise<{ name: string; id?: string; data: string }[]> {
    const { text } = await get(`${path}log/?follow=1`, {
      accept: 'text/event-stream',
      ...(lastEventId && { 'last-event-id': lastEventId }),
    });
    const field = (event: string, name: string) =>
      event
        .split('\n')
        .filter((line) => line.startsWith(`${name}: `))
        .map((line) => line.slice(name.length + 2));
    return text
      .split('\n\n')
      .filter((event) => event.startsWith('event: '))
      .map((event) => ({ name: field(event, 'event')[0], id: field(event, 'id')[0], data: field(event, 'data').join('\n') }));
  }
});
