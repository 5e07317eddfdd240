// Messages to services, and those that services send.
import type { Act } from '../../command-row.js';
import { type Definition, definitionPath } from '../../definitions/stored-definition.js';
import { exitCodes, Failure } from '../../failure.js';
import { bytesOf, type Connection } from '../../http/connection.js';
import { serverEvents } from '../../http/event-stream.js';
import { Refusal } from '../../http/refusal.js';
import { findRun } from '../../runs/find-run.js';
import { activeStates, type RunPage, runPath } from '../../runs/run-record.js';
import { type MessageOptions, messageOf, printMessage } from '../../terminal/message.js';
import { print, tell } from '../../terminal/table.js';

interface SendOptions extends MessageOptions {
  param?: string[];
  async?: boolean;
}

export const send: Act = async ({ connection, server }, [target, text], options: SendOptions) => {
  const path = (await isDefinition(connection, target))
    ? `${definitionPath(target)}execute/${queryOf(options.param ?? [])}`
    : `${runPath(await findRun(connection, target))}message/`;
  const headers = {
    accept: '*/*',
    'content-type': 'application/octet-stream',
    ...(options.async && { prefer: 'respond-async' }),
  };
  const answer = await connection.open({ method: 'POST', path, headers, body: messageOf(text, options) });
  const body = await bytesOf(answer);
  if (answer.statusCode === 200) print(body);
  else tell(`Sent to ${target} on ${server.label}.`);
  return 0;
};

/** Parameters with which a service starts. */
function queryOf(params: string[]): string {
  const pairs = params.map((text): [string, string] => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined) throw new Failure(`--param '${text}' is not NAME=VALUE`, { exitCode: exitCodes.usage });
    return [name, value];
  });
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}

/** False: it is to be a run. Throws a Failure for a definition that takes one message per run. */
async function isDefinition(connection: Connection, target: string): Promise<boolean> {
  if (target === '@last' || /^[0-9a-f]{8}-/.test(target)) return false;
  try {
    const { definition } = await connection.json<{ definition: Definition }>({ path: definitionPath(target) });
    if (definition.process_type === 'service') return true;
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return false;
    throw error;
  }
  throw new Failure(`${target} is not a service: each run takes its own message`, { hint: `procreg run ${target}` });
}

export const messages: Act = async ({ connection }, [target], { json }: { json?: boolean }) => {
  const id = (await isDefinition(connection, target)) ? await serviceRun(connection, target) : await findRun(connection, target);
  for await (const event of serverEvents(connection, { path: `${runPath(id)}messages/` }))
    if (event.type.startsWith('message')) printMessage(event, json);
  return 0;
};

async function serviceRun(connection: Connection, name: string): Promise<string> {
  const query = new URLSearchParams({ definition: name, state: activeStates, limit: '1' });
  const { objects } = await connection.json<RunPage>({ path: `/api/run/?${query}` });
  if (objects.length === 0) throw new Failure(`the service ${name} does not run`, { hint: `procreg send ${name}` });
  return objects[0].id;
}
