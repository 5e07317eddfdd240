// Many followers of one run: they share one reader, each has every line once, and one that stalls delays no other.
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { begun, shellWith } from '../support/programs.js';
import { idOf, until } from '../support/restarts.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';
import { waitFor } from '../support/worker.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** Resolves once it is answered; nothing of the answer is read yet. */
async function follower(path: string, accept: string): Promise<IncomingMessage> {
  const asked = request(new URL(`${path}log/?follow=1`, server.url), { auth: adminLogin, agent: false, headers: { accept } }).end();
  return (await once(asked, 'response'))[0];
}

const textOf = async (answer: IncomingMessage) => Buffer.concat(await answer.toArray()).toString();
const isSaid = (event: string) => event.startsWith('event: stdout\n');
const dataOf = (event: string) => event.slice(event.indexOf('\ndata: ') + '\ndata: '.length).replaceAll('\ndata: ', '\n');
const saidIn = (events: string) => events.split('\n\n').filter(isSaid).map(dataOf).join('');

/** How many of the server's descriptors are open on the log of this run. */
function openLogs(path: string): number {
  const folder = `/proc/${server.pid}/fd`;
  const named = (name: string) => {
    try {
      return readlinkSync(`${folder}/${name}`);
    } catch {
      return '';
    }
  };
  return readdirSync(folder).filter((name) => named(name).endsWith(`/runs/${idOf(path)}/log`)).length;
}

test('each has every line once, through one descriptor, however fast it takes them', { timeout: 120_000 }, async () => {
  const bursts = 60;
  const script = `echo 0; ${waitFor('go')}; for i in $(seq ${bursts}); do seq "$i"00000 "$i"19999; sleep 0.02; done; ${waitFor('done')}`;
  const path = await begun(server, shellWith(script, []));
  const events = await Promise.all(Array.from({ length: 6 }, () => follower(path, 'text/event-stream')));
  const texts = await Promise.all(Array.from({ length: 2 }, () => follower(path, 'text/plain')));
  const stalled = await follower(path, 'text/event-stream');
  const heard = [...events.map(textOf), ...texts.map(textOf)];
  const put = (name: string) => server.send({ method: 'PUT', path: `${path}files/${name}`, body: '' });
  expect((await put('go')).status).toBe(201);
  await until(
    async () => (await server.send({ path: `${path}log/` })).text.endsWith(`\n${bursts}19999\n`),
    (isWritten) => isWritten,
  );
  expect(openLogs(path)).toBe(1);
  await put('done');
  let expected = '0\n';
  for (let burst = 1; burst <= bursts; burst++) for (let line = 0; line < 20_000; line++) expected += `${burst * 100_000 + line}\n`;
  const all = await Promise.all(heard);
  for (const one of all.slice(events.length)) expect(one === expected).toBe(true);
  for (const one of all.slice(0, events.length)) expect(saidIn(one) === expected).toBe(true);
  expect(saidIn(await textOf(stalled)) === expected).toBe(true);
  await until(
    () => openLogs(path),
    (left) => left === 0,
  );
});
