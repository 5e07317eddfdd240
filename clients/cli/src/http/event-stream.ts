// Reads Server-Sent Events.
import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { exitCodes, Failure } from '../failure.js';
import type { Connection } from './connection.js';

export interface ServerEvent {
  /** `message` where the server names no type. */
  type: string;
  id?: string;
  /** null: only a new point for a later `after`. */
  data: string | null;
}

/** The most characters of one event. */
const eventCharacters = 32 * 2 ** 20;

/** `after`: the id of the last event that the caller has. Ends when the server ends the stream; throws a Failure when the connection breaks. */
export async function* serverEvents(
  connection: Connection,
  { path, after, signal }: { path: string; after?: string; signal?: AbortSignal },
): AsyncGenerator<ServerEvent> {
  const headers = { accept: 'text/event-stream', ...(after !== undefined && { 'last-event-id': after }) };
  yield* eventsOf(await connection.open({ path, headers, signal }), { label: connection.server.label, signal });
}

/** The events of an answer. Throws a Failure when the connection breaks. */
export async function* eventsOf(
  answer: IncomingMessage,
  { label, signal }: { label: string; signal?: AbortSignal },
): AsyncGenerator<ServerEvent> {
  const decoder = new StringDecoder('utf8');
  const cutter = new EventCutter();
  try {
    for await (const chunk of answer) {
      for (const text of cutter.cut(decoder.write(chunk))) {
        const event = eventOf(text);
        if (event) yield event;
      }
    }
  } catch (error) {
    if (error instanceof Failure || signal?.aborted) throw error;
    throw new Failure(`the connection to ${label} broke: ${(error as Error).message}`, {
      exitCode: exitCodes.unavailable,
    });
  }
}

/** Cuts a stream at the empty lines between its events. Each piece is looked at once: the rest of a large event grows by many. */
class EventCutter {
  #pieces: string[] = [];
  #characters = 0;
  /** The last line break, which may be the first of the two that end an event. */
  #held = '';

  /** The events that end in this piece. Throws a Failure when the rest is too long. */
  cut(piece: string): string[] {
    const text = `${this.#held}${piece}`;
    this.#held = '';
    const events = text.split('\n\n');
    const rest = events.pop() as string;
    if (events.length > 0) {
      events[0] = `${this.#pieces.join('')}${events[0]}`;
      this.#pieces = [];
      this.#characters = 0;
    }
    this.#held = rest.endsWith('\n') ? '\n' : '';
    this.#pieces.push(rest.slice(0, rest.length - this.#held.length));
    this.#characters += rest.length;
    if (this.#characters > eventCharacters) throw new Failure('the server sends an event without an end');
    return events;
  }
}

/** Undefined for a mere comment, such as a heartbeat. */
function eventOf(text: string): ServerEvent | undefined {
  const event: ServerEvent = { type: 'message', data: null };
  const data: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line) as unknown as [string, string, string];
    if (field === 'event') event.type = value;
    if (field === 'id') event.id = value;
    if (field === 'data') data.push(value);
  }
  if (data.length > 0) event.data = data.join('\n');
  return event.data === null && event.id === undefined ? undefined : event;
}
