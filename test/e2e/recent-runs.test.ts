// What GET /api/run/recent/ shows of several definitions: only what the caller may see, of each so many runs.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import { defined, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

describe.each(databases)('on %s', (databaseName) => {
  let server: TestServer;
  const [author, runner] = ['author:pw', 'runner:pw'];
  const idOf = (uri: string) => Number(uri.split('/').at(-2));
  const recent = async (query: string, login?: string) => server.send({ path: `/api/run/recent/?${query}`, ...(login && { login }) });
  let [shared, secret]: number[] = [];

  beforeAll(async () => {
    server = await startServer(await newDatabase(databaseName));
    await server.user(author, 'author');
    await server.user(runner, 'runner');
    const definition = await defined(server, shell('exit "$0"', { name: 'shared', visibility: 'shared', ...exitParameter }), author);
    shared = idOf(definition);
    secret = idOf(await defined(server, shell('exit 0', { name: 'secret' })));
    for (const [code, login] of [
      [0, author],
      [3, runner],
      [0, runner],
    ] as const)
      await server.send({ method: 'POST', path: `${definition}execute/?code=${code}`, login });
  });
  afterAll(() => server.stop());

  test('Each definition has its owner and its newest runs, the newest first', async () => {
    const { json } = await recent(`definitions=${secret},${shared}`);
    expect(json.objects.map(({ definition_id, owner }: Record<string, unknown>) => [definition_id, owner])).toEqual([
      [shared, 'author'],
      [secret, 'admin'],
    ]);
    const [{ runs }] = json.objects;
    expect(runs.map(({ success }: { success: boolean }) => success)).toEqual([true, false, true]);
    expect(runs[1]).toMatchObject({ state: 'finished', end_reason: 'exit' });
    expect(Date.parse(runs[1].finished_at)).toBeGreaterThanOrEqual(Date.parse(runs[1].started_at));
    expect((await recent(`definitions=${shared}&limit=2`)).json.objects[0].runs).toEqual(runs.slice(0, 2));
  });

  test('One sees the runs of own definitions, of others only the own ones, and nothing of what is not shared', async () => {
    const seen = async (login: string) =>
      (await recent(`definitions=${shared},${secret}`, login)).json.objects.map((one: { definition_id: number; runs: object[] }) => [
        one.definition_id,
        one.runs.length,
      ]);
    expect(await seen(author)).toEqual([[shared, 3]]);
    expect(await seen(runner)).toEqual([[shared, 2]]);
  });

  test('A run that has not ended is shown in its present state', async () => {
    const definition = await defined(server, shell('sleep 30', { name: 'long' }));
    const { json } = await server.send({ method: 'POST', path: '/api/run/', body: { definition: 'long' } });
    await expect
      .poll(async () => (await recent(`definitions=${idOf(definition)}`)).json.objects[0].runs)
      .toMatchObject([{ id: json.id, state: 'running', finished_at: null }]);
    await server.send({ method: 'POST', path: `/api/run/${json.id}/stop/` });
  });

  test('What is not an id, too many of them, and unknown filters are refused', async () => {
    const many = Array.from({ length: 101 }, (_none, index) => index + 1).join(',');
    for (const query of ['definitions=tr', `definitions=${many}`, 'definitions=1&limit=51', 'definitions=1&limit=0', 'ids=1'])
      expect([query, (await recent(query)).status]).toEqual([query, 400]);
    expect((await recent('')).json).toEqual({ objects: [] });
  });
});

const exitParameter = {
  argv: ['-c', 'exit "$0"', '${code}'],
  parameters: { type: 'object', properties: { code: { type: 'integer' } }, required: ['code'] },
};
