// What a form begins with: what was filled in before, an address, a former run, or the output of one.
import { ApiError, api, request } from '../../api/client.js';
import { type Field, messageInput, type Program } from '../../parts/form/fields.js';
import { type Chosen, emptyFilled, type Filled, fromQuery, isFileKind, type Value, valueFrom } from '../../parts/form/filled.js';
import { draftOf, draftOfRun } from './drafts.js';

export interface First {
  filled: Filled;
  /** What could not be filled in, and why. */
  notices: string[];
}

interface Place {
  query: URLSearchParams;
  hash: string;
}

/** A longer message stays on the server. */
const readBytes = 1_000_000;

/** What of an address decides what its form begins with. */
export function addressOf({ query, hash }: Place): string {
  return [query, hash].map(String).filter(Boolean).join('#');
}

/** At once where nothing must be read. */
export function firstFilled(definition: number, program: Program, fields: Field[], place: Place): First | Promise<First> {
  const hash = new URLSearchParams(place.hash);
  const [rerun, messageFrom] = [hash.get('rerun'), hash.get('message-from') ?? hash.get('message_from')];
  const former = draftOf(definition, addressOf(place)) ?? (rerun === null ? undefined : draftOfRun(rerun));
  if (former) return { filled: former, notices: [] };
  const empty = emptyFilled(fields);
  if (rerun !== null) return ofFormerRun(rerun, program, fields, empty);
  const message = { text: hash.get('message') ?? '', files: [] };
  const filled = { ...empty, message, values: { ...empty.values, ...fromQuery(fields, place.query) } };
  return messageFrom === null ? { filled, notices: [] } : withOutput(messageFrom, program, fields, filled);
}

/** `source`: run:ID/output, run:ID/files/PATH, or the id alone. */
function withOutput(source: string, program: Program, fields: Field[], filled: Filled): First {
  const chosen: Chosen[] = [{ from: source.startsWith('run:') ? source : `run:${source}/output` }];
  if (messageInput(program).kind !== 'none') return { filled: { ...filled, message: { text: '', files: chosen } }, notices: [] };
  const field = fields.find(isFileKind);
  if (field) return { filled: { ...filled, values: { ...filled.values, [field.name]: chosen } }, notices: [] };
  return { filled, notices: ['This program takes neither a message nor a file, so that no output can be given to it.'] };
}

async function ofFormerRun(id: string, program: Program, fields: Field[], empty: Filled): Promise<First> {
  const { data } = await api.GET('/api/run/{id}/', { params: { path: { id } } });
  const run = data!;
  const notices: string[] = [];
  const values: Record<string, Value> = { ...empty.values };
  for (const field of fields) {
    const given = run.parameters[field.name];
    if (given === undefined) continue;
    const isLost = isFileKind(field) ? run.input_bytes === null : given === '***' && field.isSecret;
    if (isLost) notices.push(`“${field.title}” was not kept: give it again.`);
    else values[field.name] = valueFrom(field, given);
  }
  const takesMessage = messageInput(program).kind !== 'none';
  if (takesMessage && run.input_bytes === null) notices.push('The message was not kept: give it again.');
  const message = takesMessage && run.input_bytes && run.state === 'finished' ? await formerMessage(id, run.input_bytes) : null;
  const files = message === null || typeof message === 'string' ? [] : [message];
  return {
    filled: {
      ...empty,
      values,
      message: { text: typeof message === 'string' ? message : '', files },
      rerun: {
        id,
        message: typeof message === 'string' || message instanceof File ? message : null,
        parameters: Object.keys(run.parameters),
      },
    },
    notices,
  };
}

/** A text where it is one, else a file; one that is large is not read. */
async function formerMessage(id: string, inputBytes: number): Promise<string | File | { kept: string } | null> {
  if (inputBytes > readBytes) return { kept: 'message' };
  try {
    const answer = await request(`/api/run/${id}/input/`);
    const content = await answer.blob();
    const name = nameIn(answer.headers.get('Content-Disposition') ?? '');
    const text = new TextDecoder().decode(await content.arrayBuffer());
    const isText = name === null && !/[\0\uFFFD]/.test(text);
    return isText ? text : new File([content], name ?? 'message', { type: content.type });
  } catch (error) {
    // what was kept are files of parameters
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** Null where the server had to make one up. */
function nameIn(disposition: string): string | null {
  const [, encoded] = /filename\*=UTF-8''([^;]+)/i.exec(disposition) ?? [];
  const name = encoded ? decodeURIComponent(encoded) : (/filename="([^"]*)"/i.exec(disposition)?.[1] ?? '');
  return /^(input(\.txt)?)?$/.test(name) ? null : name;
}
