// Follows what happens on the server.
import type { Act } from '../../command-row.js';
import { exitCodes, Failure } from '../../failure.js';
import { serverEvents } from '../../http/event-stream.js';
import { needsNewerServer } from '../../http/needs-newer-server.js';
import { Patience, retryMs } from '../../http/patience.js';
import { Refusal } from '../../http/refusal.js';
import { plain, print } from '../../terminal/table.js';

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
export const events: Act = async ({ connection }, _operands, { type = [], json, count }: EventOptions) => {
  if (count !== undefined && !/^[1-9]\d*$/.test(count))
    throw new Failure(`--count '${count}' is not a number`, { exitCode: exitCodes.usage });
  const patience = new Patience(retryMs());
  const path = `/api/event/${type.length > 0 ? `?${new URLSearchParams({ type: type.join(',') })}` : ''}`;
  let after: string | undefined;
  for (let left = Number(count ?? Number.POSITIVE_INFINITY); ; ) {
    try {
      for await (const event of serverEvents(connection, { path, after })) {
        patience.succeeded();
        after = event.id ?? after;
        print(json ? `${event.data}\n` : lineOf(JSON.parse(event.data)));
        left -= 1;
        if (left === 0) return 0;
      }
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) throw await needsNewerServer(connection, 'procreg events');
      await patience.failed(error);
    }
  }
};

/** `2026-11-30T12:00:00.000Z run.finished ID state=finished exit_code=0` */
function lineOf({ type, time, subject = '', data = {} }: CloudEvent): string {
  const facts = Object.entries(data).flatMap(([name, value]) =>
    value === null || typeof value === 'object' || value === subject ? [] : [`${name}=${value}`],
  );
  const shortType = type.replace(/^io\.process-registry\./, '').replace(/\.v\d+$/, '');
  return `${plain([time, shortType, subject, ...facts].filter(Boolean).join(' '))}\n`;
}
