// Starts what a form says: one run, one for each of several files, or a former run once more.
import { ApiError, request } from '../../api/client.js';
import type { Upload } from '../../api/upload.js';
import { callOf } from '../../parts/form/call.js';
import { nameOf } from '../../parts/form/drop-zone.js';
import { type Field, isService, type Program } from '../../parts/form/fields.js';
import { type Chosen, type Filled, isFileKind, isGiven, jsonOf, textsOf } from '../../parts/form/filled.js';
import { messageName } from '../../parts/form/message-input.js';
import { sendCall } from '../../parts/form/send-call.js';

export interface Wanted {
  definition: number;
  reference: string;
  program: Program;
  fields: Field[];
  filled: Filled;
}

export interface Started {
  run: string;
  filled: Filled;
  /** What a service has answered at once. */
  reply?: Blob;
}

export type Faults = Record<string, string>;

/** What is to be put right before anything is sent, by field. */
export function faultsBefore({ fields, filled }: Wanted): Faults {
  const several = severalOf(fields, filled);
  const faults = several.slice(1).map((name) => [name, 'Only one field can have several files.']);
  if (mayRepeat(fields, filled)) return Object.fromEntries(faults);
  const kept = placesOf(fields, filled).filter(([, chosen]) => chosen.some((one) => 'kept' in one));
  return Object.fromEntries([
    ...faults,
    ...kept.map(([name]) => [name, 'Choose this file again: the server gives it only to an unchanged run.']),
  ]);
}

/** One form for each run; of several the file that it is for. */
export function formsOf({ fields, filled }: Wanted): { form: Filled; file?: string }[] {
  const [name] = severalOf(fields, filled);
  if (name === undefined) return [{ form: filled }];
  const withFile = (one: Chosen): Filled =>
    name === messageName ? { ...filled, message: { text: '', files: [one] } } : { ...filled, values: { ...filled.values, [name]: [one] } };
  const chosen = name === messageName ? filled.message.files : (filled.values[name] as Chosen[]);
  return chosen.map((one) => ({ form: withFile(one), file: nameOf(one) }));
}

function severalOf(fields: Field[], filled: Filled): string[] {
  const single = placesOf(fields, filled).filter(([name]) => fields.find((field) => field.name === name)?.kind !== 'files');
  return single.filter(([, chosen]) => chosen.length > 1).map(([name]) => name);
}

function placesOf(fields: Field[], { values, message }: Filled): [name: string, chosen: Chosen[]][] {
  const parameters = fields.filter(isFileKind).map(({ name }): [string, Chosen[]] => [name, values[name] as Chosen[]]);
  return [[messageName, message.files], ...parameters];
}

/** Throws an ApiError, and an AbortError. */
export async function startRun(wanted: Wanted, signal: AbortSignal, progress: Upload['progress']): Promise<Started> {
  const { definition, reference, program, fields, filled } = wanted;
  if (mayRepeat(fields, filled)) return { run: await repeated(fields, filled, signal), filled };
  const call = callOf(reference, program, fields, filled);
  const prefer = isService(program) ? 'wait=30' : 'respond-async';
  const { status, header, body } = await sendCall(call, { definition, prefer, signal, progress });
  return { run: header('Run-Id') ?? JSON.parse(await body.text()).id, filled, reply: status === 200 ? body : undefined };
}

/** Whether the server has all files and the message: then it repeats the former run with other parameters. */
function mayRepeat(fields: Field[], filled: Filled): boolean {
  const { rerun, message, timeout, priority } = filled;
  if (!rerun || timeout !== '' || priority !== '' || severalOf(fields, filled).length > 0) return false;
  const [file] = message.files;
  const isSameMessage = file ? 'kept' in file || file === rerun.message : message.text === (rerun.message ?? '');
  const others = placesOf(fields, filled).filter(([name]) => name !== messageName);
  return isSameMessage && others.every(([, chosen]) => chosen.every((one) => !(one instanceof File)));
}

async function repeated(fields: Field[], { values, rerun }: Filled, signal: AbortSignal): Promise<string> {
  const { id, parameters: former } = rerun as NonNullable<Filled['rerun']>;
  const parameters: Record<string, unknown> = {};
  for (const name of former) if (!fields.some((field) => field.name === name)) parameters[name] = null;
  for (const field of fields) {
    const value = values[field.name];
    if (isFileKind(field) && (value as Chosen[]).some((one) => 'kept' in one)) continue;
    if (isGiven(field, value)) parameters[field.name] = isFileKind(field) ? fromRuns(field, value as Chosen[]) : jsonOf(field, value);
    else if (former.includes(field.name)) parameters[field.name] = null;
  }
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ revision: 'now', parameters });
  const answer = await request(`/api/run/${id}/rerun/`, { method: 'POST', headers, body, signal });
  return (await answer.json()).id;
}

function fromRuns(field: Field, chosen: Chosen[]): string | string[] {
  const texts = textsOf(field, chosen);
  return field.kind === 'files' ? texts : texts[0];
}

/** The faults of an answer, by field; null: it has none, or one that belongs to no field. */
export function faultsOf(error: unknown, fields: Field[]): Faults | null {
  if (!(error instanceof ApiError) || !Array.isArray(error.body.faults)) return null;
  const found = error.body.faults.map(({ path, message }: { path: string; message: string }) => [path.split(/[.[]/)[0], message]);
  if (found.length === 0 || !found.every(([name]) => fields.some((field) => field.name === name))) return null;
  return Object.fromEntries(found.map(([name, message]) => [name, message.charAt(0).toUpperCase() + message.slice(1)]));
}
