// Follows what happens on the server.
import type { Act } from '../../command-row.js';
import { exitCodes, Failure } from '../../failure.js';
import { serverEvents } from '../../http/event-stream.js';
import { needsNewerServer } from '../../http/needs-newer-server.js';
import { Patience, retryMs } from '../../http/patience.js';
import { Refusal } from '../../http/refusal.js';
import type { Session } from '../../session.js';
import { printJson, printLine, tell } from '../../terminal/table.js';

/** A CloudEvent. */
interface CloudEvent {
  type: string;
  time: string;
  subject?: string;
  data?: Record<string, unknown>;
}

interface EventOptions {
  type?: string[];
  json?: boolean;
  count?: string;
}

/** Ends by Ctrl-C, or when the server stays away; it continues behind the last event that it has printed. */
export const events: Act = async (session, _operands, { type = [], json, count = 'Infinity' }: EventOptions) => {
  if (!(Number(count) >= 1)) throw new Failure(`--count '${count}' is not a number`, { exitCode: exitCodes.usage });
  const patience = new Patience(retryMs());
  const followed: Followed = { type, json, left: Number(count) };
  while (followed.left > 0) {
    try {
      await printEvents(session, followed, () => patience.succeeded());
      if (followed.left > 0) throw new Failure(`${session.server.label} has ended the stream`, { exitCode: exitCodes.unavailable });
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) throw await needsNewerServer(session.connection, 'procreg events');
      await patience.failed(error);
    }
  }
  return 0;
};

interface Followed {
  type: string[];
  json?: boolean;
  /** How many events are still to be printed. */
  left: number;
  /** The id of the last one. */
  after?: string;
}

async function printEvents({ connection, server }: Session, followed: Followed, succeeded: () => void): Promise<void> {
  const query = followed.type.length > 0 ? `?${new URLSearchParams({ type: followed.type.join(',') })}` : '';
  for await (const { id, data } of serverEvents(connection, { path: `/api/event/${query}`, after: followed.after })) {
    succeeded();
    followed.after = id ?? followed.after;
    if (data === null) continue;
    const event: CloudEvent = JSON.parse(data);
    if (event.type.includes('.events.opened.')) tell(`Following the events of ${server.label}.`);
    else {
      if (followed.json) printJson(event, 0);
      else printLine(lineOf(event));
      followed.left -= 1;
      if (followed.left === 0) return;
    }
  }
}

/** `2026-11-30T12:00:00.000Z run.finished ID state=finished exit_code=0` */
function lineOf({ type, time, subject = '', data = {} }: CloudEvent): string {
  const facts = Object.entries(data).flatMap(([name, value]) =>
    value === null || typeof value === 'object' || (name === 'id' && String(value) === subject) ? [] : [`${name}=${value}`],
  );
  const shortType = type.replace(/^io\.process-registry\./, '').replace(/\.v\d+$/, '');
  return [time, shortType, subject, ...facts].filter(Boolean).join(' ');
}
