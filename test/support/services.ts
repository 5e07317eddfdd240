// What tests do with services: define them, send them messages, and read what came out of them as events.
import { type ClientRequest, request } from 'node:http';
import type { Answer } from './http.js';
import { defined, shell } from './programs.js';
import { until } from './restarts.js';
import { adminLogin, type TestServer } from './server.js';

/** Answers each line with its pid and the line. */
export const echoScript = 'while read -r line; do echo "$$ $line"; done';

export const service = (script: string, more: object = {}) => shell(script, { process_type: 'service', ...more });

export interface RunningService {
  definition: string;
  /** The path of its run. */
  run: string;
}

/** A new definition whose service is started, with nothing delivered. */
export async function startService(server: TestServer, content: object): Promise<RunningService> {
  const definition = await defined(server, content);
  const { json } = await say(server, definition);
  return { definition, run: json.resource_uri };
}

/** execute/ with this message. */
export function say(server: TestServer, definition: string, body?: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  return server.send({ method: 'POST', path: `${definition}execute/`, body, headers });
}

/** The record of the run once it is as wanted. */
export function once(server: TestServer, run: string, isSo: (json: Answer['json']) => boolean): Promise<Answer['json']> {
  return until(async () => (await server.send({ path: run })).json, isSo);
}

export interface ReadEvent {
  name: string;
  id?: number;
  data: string;
}

export interface Wanted {
  /** This number of messages. */
  count?: number;
  /** One that ends so. */
  until?: string;
  after?: number;
}

/** How long a test waits for what it wants. */
const patienceMs = 30_000;

/** The events from `after` on, until there is what is wanted or the answer has ended; then the connection is closed. */
export function messagesOf(server: TestServer, run: string, wanted: Wanted = {}): Promise<ReadEvent[]> {
  const { count = Number.POSITIVE_INFINITY, until: end, after = 0 } = wanted;
  const headers = { ...(after > 0 && { 'last-event-id': String(after) }) };
  return new Promise((resolve, reject) => {
    const asked: ClientRequest = request(new URL(`${run}messages/`, server.url), { auth: adminLogin, headers, agent: false });
    const timer = setTimeout(() => asked.destroy(new Error(`${JSON.stringify(wanted)} has not come: ${text}`)), patienceMs);
    let text = '';
    const look = (over: boolean) => {
      const events = parseEvents(text);
      const found = end !== undefined && events.some(({ data }) => data.endsWith(end));
      if (!over && !found && events.length < count) return;
      clearTimeout(timer);
      asked.destroy();
      resolve(events.slice(0, count));
    };
    asked.once('error', reject);
    asked.once('response', (answer) => {
      answer.setEncoding('utf8');
      answer.on('error', () => {});
      answer.on('data', (chunk) => {
        text += chunk;
        look(false);
      });
      answer.once('end', () => look(true));
    });
    asked.end();
  });
}

function parseEvents(text: string): ReadEvent[] {
  const blocks = text.split('\n\n').slice(0, -1);
  return blocks
    .filter((block) => !block.startsWith(':'))
    .map((block) => {
      const values = (field: string) => [...block.matchAll(new RegExp(`^${field}: (.*)$`, 'gm'))].map(([, value]) => value);
      const [id] = values('id');
      return { name: values('event')[0], ...(id !== undefined && { id: Number(id) }), data: values('data').join('\n') };
    });
}

/** The texts of the messages among the events. */
export const texts = (events: ReadEvent[]) => events.filter(({ name }) => name === 'message').map(({ data }) => data);
