// The life of a run and of a service in the server's log.
import { expect, test } from 'vitest';
import { shell } from '../support/programs.js';
import { until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { service } from '../support/services.js';

async function put(server: TestServer, name: string, definition: object): Promise<string> {
  const path = `/api/process_definition/${name}/`;
  await server.send({ method: 'PUT', path, body: { definition } });
  return `${path}execute/`;
}

/** The lines of the log about the life of this run, without its id. */
const linesOf = (server: TestServer, id: string) =>
  server
    .said()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes(id))
    .map((line) => (JSON.parse(line).msg as string).replace(id, 'ID'))
    .filter((line) => /^(run|service) ID /.test(line));

test('a run leaves its life in the log at debug, and nothing at info', async () => {
  for (const [level, lines] of [
    ['debug', 3],
    ['info', 0],
  ] as const) {
    const server = await startServer({ LOG_LEVEL: level });
    const answer = await server.send({ method: 'POST', path: await put(server, 'three', shell('exit 3')), body: 'x' });
    const id = answer.headers['run-id'] as string;
    await until(
      async () => linesOf(server, id).length,
      (length) => length >= lines,
    );
    const expected = [
      /^run ID queued attempt=1 lane=io definition=1$/,
      /^run ID started pid=\d+ isolation=\w+$/,
      /^run ID finished reason=exit exit=3 duration=\d+ms$/,
    ];
    expect(linesOf(server, id)).toEqual(expected.slice(0, lines).map((line) => expect.stringMatching(line)));
    await server.stop();
  }
});

test('a service leaves its life in the log at info', async () => {
  const server = await startServer({ LOG_LEVEL: 'info' });
  const path = await put(server, 'loop', service('while read -r line; do echo "$line"; done'));
  const { json } = await server.send({ method: 'POST', path, body: 'one\n' });
  await server.send({ method: 'POST', path: `/api/run/${json.id}/stop/` });
  await until(
    async () => linesOf(server, json.id).at(-1) ?? '',
    (line) => line.includes('finished'),
  );
  const steps = linesOf(server, json.id).map((line) => line.split(' ')[2]);
  expect(steps).toEqual(['queued', 'started', 'ready', 'stopping', 'finished']);
  await server.stop();
});
