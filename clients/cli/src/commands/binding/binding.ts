// Bindings: definitions that run for each message of a stream.
import type { Act } from '../../command-row.js';
import { yamlOf } from '../../definitions/rendered.js';
import { exitCodes, Failure } from '../../failure.js';
import type { Connection } from '../../http/connection.js';
import { segment } from '../../http/segment.js';
import { confirm } from '../../terminal/ask.js';
import { type Listed, print, printable, printJson, printLine, printList } from '../../terminal/table.js';
import { streamEnd } from '../stream/stream.js';

interface End {
  bus: string;
  stream: string;
}

interface Binding {
  id: number;
  definition: string;
  input: End;
  output: End | null;
  concurrency: number;
  max_tries: number;
  enabled: boolean;
  owner: string | null;
  state: { status: string; in_flight: number; handled: number; failed: number; error: string | null };
}

interface BindingPage {
  meta: { total_count: number };
  objects: Binding[];
}

const bindingPath = (id: string | number) => `/api/binding/${segment(id)}/`;
const shownEnd = (end: End | null) => (end ? `${end.bus}:${end.stream}` : '-');

export const list: Act = async ({ connection }, _operands, { output, ...listed }: Listed & { output?: string }) => {
  const all = await allBindings(connection);
  const isWide = output === 'wide';
  printList(
    ['ID', 'DEFINITION', 'FROM', 'TO', 'STATUS', ...(isWide ? ['HANDLED', 'FAILED', 'OWNER'] : []), 'ERROR'],
    all.map(({ id, definition, input, output: to, state, owner }) => {
      const more = isWide ? [String(state.handled), String(state.failed), owner ?? '-'] : [];
      return [String(id), definition.split('/').at(-2) ?? '', shownEnd(input), shownEnd(to), state.status, ...more, state.error ?? ''];
    }),
    { ...listed, all },
  );
  return 0;
};

async function allBindings(connection: Connection): Promise<Binding[]> {
  const all: Binding[] = [];
  for (;;) {
    const page = await connection.json<BindingPage>({ path: `/api/binding/?limit=200&offset=${all.length}` });
    all.push(...page.objects);
    if (page.objects.length === 0 || all.length >= page.meta.total_count) return all;
  }
}

export const show: Act = async ({ connection }, [id], { json }: { json?: boolean }) => {
  const binding = await connection.json<Binding>({ path: bindingPath(id) });
  if (json) printJson(binding);
  else print(printable(await yamlOf(binding)));
  return 0;
};

export interface TermOptions {
  from?: string;
  to?: string;
  concurrency?: string;
  maxTries?: string;
  definition?: string;
  enable?: boolean;
  disable?: boolean;
}

function termsOf({ to, concurrency, maxTries, definition, enable, disable }: TermOptions): object {
  return {
    ...(definition !== undefined && { definition }),
    ...(to !== undefined && { output: to === '-' ? null : streamEnd(to) }),
    ...(concurrency !== undefined && { concurrency: Number(concurrency) }),
    ...(maxTries !== undefined && { max_tries: Number(maxTries) }),
    ...((enable || disable) && { enabled: !disable }),
  };
}

/** Prints the number of the binding. */
export const create: Act = async ({ connection }, [definition], options: TermOptions) => {
  if (options.from === undefined)
    throw new Failure('--from is missing: the stream whose messages are taken', { exitCode: exitCodes.usage });
  const json = { definition, input: streamEnd(options.from), ...termsOf(options) };
  const { id } = await connection.json<Binding>({ method: 'POST', path: '/api/binding/', json });
  printLine(String(id));
  return 0;
};

export const set: Act = async ({ connection }, [id], options: TermOptions) => {
  const json = termsOf(options);
  if (Object.keys(json).length === 0) throw new Failure('nothing to change was given', { exitCode: exitCodes.usage });
  await connection.json({ method: 'PATCH', path: bindingPath(id), json });
  return 0;
};

export const remove: Act = async ({ connection, server }, ids, { yes = false }: { yes?: boolean }) => {
  if (ids.length > 1)
    await confirm(`Remove the bindings ${ids.join(', ')} from ${server.label}, with the messages that wait for them?`, yes);
  for (const id of ids) {
    await connection.json({ method: 'DELETE', path: bindingPath(id) });
    printLine(`removed binding ${id} from ${server.label}`);
  }
  return 0;
};
