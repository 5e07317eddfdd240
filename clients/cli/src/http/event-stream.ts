// Reads Server-Sent Events.
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
  const answer = await connection.open({ path, headers, signal });
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for await (const chunk of answer) {
      rest += decoder.write(chunk);
      const events = rest.split('\n\n');
      rest = events.pop() as string;
      if (rest.length > eventCharacters) throw new Failure('the server sends an event without an end');
      for (const text of events) {
        const event = eventOf(text);
        if (event) yield event;
      }
    }
  } catch (error) {
    if (error instanceof Failure || signal?.aborted) throw error;
    throw new Failure(`the connection to ${connection.server.label} broke: ${(error as Error).message}`, {
      exitCode: exitCodes.unavailable,
    });
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
