// Says that a server is too old to run the examples of a definition before it saves it: it would save without a test.
import { needsNewerServer } from '../../http/needs-newer-server.js';
import { Refusal } from '../../http/refusal.js';
import type { Session } from '../../session.js';

/** Throws a Failure. A server that knows the switch refuses another value of it, before it reads the body. */
export async function requireTests({ connection }: Session): Promise<void> {
  const sent = { method: 'POST', path: '/api/process_definition/?-selftest=ask', json: {} };
  const refusal = await connection.json(sent).catch((error: unknown) => error);
  if (!(refusal instanceof Refusal)) throw refusal;
  if (refusal.status === 400 && refusal.code === 'invalid_definition') throw await needsNewerServer(connection, '--test');
  if (refusal.status !== 400) throw refusal;
}
