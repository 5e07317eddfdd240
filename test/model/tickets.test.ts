// Tickets in memory: how long they are good, how often, and how many there are.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { OpenConnections } from '../../src/accounts/open-connections.js';
import { Tickets } from '../../src/accounts/tickets.js';
import type { Principal } from '../../src/model/roles.js';

const alice: Principal = { userId: 1, username: 'alice', role: 'viewer' };
const bob: Principal = { ...alice, userId: 2, username: 'bob' };
const terms = { principal: alice, place: '/a', once: false, lastsMs: 60_000 };

test('A ticket is good until its time, at its place, and once where it is good once', async () => {
  const tickets = new Tickets(new OpenConnections());
  const [brief, once, again] = [{ lastsMs: 50 }, { once: true }, {}].map((more) => tickets.issue({ ...terms, ...more }).ticket);
  for (const ticket of [brief, again, again]) expect(tickets.use(ticket, '/a')).toBe(alice);
  expect([tickets.use(again, '/a/'), tickets.use(again.slice(0, -1), '/a')]).toEqual([null, null]);
  expect([tickets.use(once, '/b'), tickets.use(once, '/a'), tickets.use(once, '/a')]).toEqual([null, alice, null]);
  await sleep(60);
  expect([tickets.use(brief, '/a'), tickets.use(again, '/a')]).toEqual([null, alice]);
});

test('A ticket is over with its token and with its session, whose end moves', () => {
  const tickets = new Tickets(new OpenConnections());
  const endsAtMs = Date.now() + 5000;
  const session = { sessionId: 3, expiresAtMs: Date.now() - 1 };
  const ofToken = tickets.issue({ ...terms, principal: { ...alice, credential: { tokenId: 3, expiresAtMs: endsAtMs } } });
  const { ticket } = tickets.issue({ ...terms, principal: { ...alice, credential: session } });
  expect([ofToken.expiresAtMs, tickets.use(ticket, '/a')]).toEqual([endsAtMs, null]);
  session.expiresAtMs = endsAtMs;
  expect(tickets.use(ticket, '/a')?.credential).toBe(session);
});

test('A user has 1000 tickets at most, all have 20,000, and one who has many displaces none of another', () => {
  const tickets = new Tickets(new OpenConnections());
  const first = tickets.issue({ ...terms, principal: bob }).ticket;
  const of = (userId: number) => Array.from({ length: 1001 }, () => tickets.issue({ ...terms, principal: { ...alice, userId } }).ticket);
  const [oldest, second] = of(10);
  expect([tickets.use(oldest, '/a'), tickets.use(second, '/a')]).toMatchObject([null, { userId: 10 }]);
  for (let userId = 11; userId < 30; userId++) of(userId);
  expect(tickets.use(first, '/a')).toBe(bob);
  tickets.issue({ ...terms, principal: { ...alice, userId: 30 } });
  expect(tickets.use(first, '/a')).toBe(null);
});

test('A ticket is gone when the connections of its caller are closed', () => {
  const connections = new OpenConnections();
  const tickets = new Tickets(connections);
  const [hers, his] = [alice, bob].map((principal) => tickets.issue({ ...terms, principal }).ticket);
  connections.close(1);
  expect([tickets.use(hers, '/a'), tickets.use(his, '/a')]).toEqual([null, bob]);
});
