// A reader of /api/event/ in tests, by Server-Sent Events or over a WebSocket: what it has heard so far.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { until } from './restarts.js';
import { adminLogin, type TestServer } from './server.js';
import { openLine } from './web-socket.js';

export interface HeardEvent {
  /** The event of SSE, and its id; over a WebSocket the attribute `resume`, or else the id of the event. */
  name?: string;
  resume: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every type
  json: any;
}

export interface EventsHeard {
  heard: () => HeardEvent[];
  /** The short types, without those of the stream itself. */
  types: () => string[];
  /** Waits for an event of this type, about this subject where one is named. */
  hears: (type: string, subject?: string) => Promise<HeardEvent>;
  /** Resolves when the connection is over. */
  over: Promise<unknown>;
  leave: () => void;
  /** The response of SSE, which a test may pause. */
  answer?: IncomingMessage;
  /** The ids that SSE has sent alone. */
  points?: string[];
}

export interface EventsAsked {
  /** Without the question mark. */
  query?: string;
  login?: string;
  from?: string;
  headers?: Record<string, string>;
}

export const shortOf = ({ json }: HeardEvent) => /^io\.process-registry\.(.+)\.v1$/.exec(json.type)?.[1] ?? json.type;

function eventsHeard(heard: () => HeardEvent[], more: Pick<EventsHeard, 'over' | 'leave' | 'answer' | 'points'>): EventsHeard {
  const isIt = (event: HeardEvent, type: string, subject?: string) =>
    shortOf(event) === type && (subject === undefined || event.json.subject === subject);
  return {
    heard,
    types: () =>
      heard()
        .map(shortOf)
        .filter((type) => !type.startsWith('events.')),
    hears: async (type, subject) =>
      (await until(
        () => heard().find((event) => isIt(event, type, subject)),
        (event) => event !== undefined,
      )) as HeardEvent,
    ...more,
  };
}

const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;

/** Resolves once it is answered, with 200. */
export async function readEvents(
  server: TestServer,
  { query = '', login = adminLogin, from, headers = {} }: EventsAsked = {},
): Promise<EventsHeard> {
  const sent = { authorization: basic(login), ...(from && { 'last-event-id': from }), ...headers };
  const asking = request(new URL(`/api/event/?${query}`, server.url), { headers: sent, agent: false }).end();
  const over = new Promise((resolve) => asking.once('close', resolve));
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  asking.on('error', () => {});
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${Buffer.concat(await answer.toArray())}`);
  const heard: HeardEvent[] = [];
  const points: string[] = [];
  let rest = '';
  answer.on('error', () => {});
  answer.setEncoding('utf8').on('data', (chunk) => {
    const events = (rest + chunk).split('\n\n');
    rest = events.pop() as string;
    heard.push(...events.flatMap((event) => sseEvent(event) ?? []));
    points.push(...events.flatMap((event) => /^id: (\S+)$/.exec(event)?.[1] ?? []));
  });
  return eventsHeard(() => heard, { over, leave: () => asking.destroy(), answer, points });
}

/** Null: a comment, or an id alone. */
function sseEvent(event: string): HeardEvent | null {
  const fields = Object.fromEntries(
    event.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  );
  return fields.data === undefined ? null : { name: fields.event, resume: fields.id, json: JSON.parse(fields.data) };
}

/** The same over a WebSocket. */
export async function readFrames(server: TestServer, { query = '', from, ...asked }: EventsAsked = {}): Promise<EventsHeard> {
  const after = from === undefined ? '' : `&after=${encodeURIComponent(from)}`;
  const { socket, frames, closed, cut } = await openLine(server, `/api/event/?${query}${after}`, asked);
  const heard: HeardEvent[] = [];
  const hear = (frame: Buffer) => {
    const json = JSON.parse(frame.toString());
    heard.push({ resume: json.resume ?? json.id, json });
  };
  frames.forEach(hear);
  socket.on('message', hear);
  return eventsHeard(() => heard, { over: closed, leave: cut });
}

/** What the events have of the log of this run. */
export function logIn(events: HeardEvent[], run: string): string {
  const said = events.filter((event) => event.json.subject === run && /^run\.std(out|err)$/.test(shortOf(event)));
  return Buffer.concat(
    said.map(({ json }) => (json.data_base64 ? Buffer.from(json.data_base64, 'base64') : Buffer.from(json.data))),
  ).toString();
}
