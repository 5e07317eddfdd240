// Builds the order and the first row of the record from a request.
import { checkParameters } from '../definitions/check-parameters.js';
import { chooseInput, isNone, isStream, listens } from '../model/adapter-choice.js';
import { expandArguments } from '../model/arguments.js';
import { CodedError } from '../model/coded-error.js';
import { declaredParameters, isFileList, isService, type ProcessDefinition, takesFiles } from '../model/definition.js';
import { refusePlaces } from '../model/definition-files.js';
import { shownValues } from '../model/redact.js';
import type { Principal } from '../model/roles.js';
import { type Interaction, type RunOrder, unlimitedBytes } from '../model/run-order.js';
import { parseSizeBytes } from '../model/sizes.js';
import { traceparentOfRun } from '../model/trace-context.js';
import { emptyInput } from './kept-input.js';
import { emptyRecord, type RunEntity } from './run.entity.js';
import { refuseCallersFiles } from './run-file-guard.js';
import type { RunRequest } from './run-request.js';

/** The defaults of the server for values that a definition does not set. */
export class RunDefaults {
  constructor(
    readonly synchronousTimeoutMs: number,
    readonly outputLimitBytes: number,
    /** How much of the input of a run is kept. */
    readonly keptInputBytes: number,
  ) {}
}

export async function buildOrder(owner: Principal, request: RunRequest, defaults: RunDefaults): Promise<RunOrder> {
  const { runId, content: definition, message, uploads, inputFile, outputFile } = request;
  if (uploads.some(({ parameter }) => parameter === undefined)) refuseCallersFiles(owner, definition);
  refusePlaces(definition, uploads);
  const given = { ...withoutNamedFiles(definition, request.parameters), ...uploadedNames(request) };
  const order = {
    runId,
    ownerId: owner.userId,
    definitionId: request.definition?.id ?? null,
    definition,
    trial: request.trial,
    parameters: await checkParameters(owner.userId, definition, given),
    message,
    uploads,
    inputFile,
    outputFile,
    traceparent: traceparentOfRun(runId, request.trace),
    lane: definition.lane ?? 'io',
    priority: request.priority ?? definition.priority ?? 0,
    timeoutMs: timeoutOf(definition, request, defaults),
    outputLimitBytes: outputLimitOf(definition, defaults),
    isolation: request.isolation ?? null,
    hostNetwork: request.hostNetwork ?? false,
    dropFiles: request.dropFiles,
  };
  return request.interactive ? typedTo(order, request.interactive) : order;
}

/** The same order for an interactive run. Throws invalid_request when the run takes its input from a message. */
export function typedTo(order: RunOrder, interactive: Interaction): RunOrder {
  const input = chooseInput(order.definition);
  if (order.message.kind !== 'none') throw new CodedError('invalid_request', 'an interactive run takes no message');
  if (order.definition.process_type === 'service')
    throw new CodedError('invalid_request', 'a service takes messages and cannot be interactive');
  if (!isStream(input) && !isNone(input))
    throw new CodedError('invalid_request', `this definition takes its message by '${input.kind}', so its runs cannot be interactive`);
  return { ...order, interactive: { ...interactive, stays: order.definition.on_disconnect === 'continue' } };
}

/** The value of an uploaded file for the check of the parameters is its name; the executor replaces the name by the path. */
function uploadedNames({ uploads, content }: RunRequest): Record<string, string | string[]> {
  const names = Map.groupBy(uploads, ({ parameter }) => parameter);
  names.delete(undefined);
  const isList = (parameter: string) => isFileList(declaredParameters(content)[parameter] ?? {});
  return Object.fromEntries(
    [...names].map(([parameter = '', files]) => [parameter, isList(parameter) ? files.map(({ name }) => name) : files[0].name]),
  );
}

/** Refuses names of files on the server: a caller must send a file itself. */
function withoutNamedFiles(definition: ProcessDefinition, given: Record<string, unknown>): Record<string, unknown> {
  const declared = declaredParameters(definition);
  const named = Object.keys(given).find((name) => takesFiles(declared[name]) && [given[name]].flat().length > 0);
  if (named === undefined) return given;
  throw new CodedError(
    'invalid_parameters',
    `parameter '${named}' must be a file; send it as a file part of multipart/form-data, or as run:ID/output, run:ID/files/PATH or upload:ID`,
  );
}

/** The output of a service over a year must not end it: only its definition can limit the output. */
function outputLimitOf(definition: ProcessDefinition, { outputLimitBytes }: RunDefaults): number {
  const limit = definition.limits?.output_bytes;
  const own = limit === undefined ? unlimitedBytes : (parseSizeBytes(limit) ?? 0);
  return isService(definition) ? own : Math.min(own, outputLimitBytes);
}

function timeoutOf(definition: ProcessDefinition, request: RunRequest, defaults: RunDefaults): number {
  const own = definition.timeout === undefined ? (request.synchronous ? defaults.synchronousTimeoutMs : 0) : definition.timeout * 1000;
  if (request.timeoutMs === undefined || request.timeoutMs === 0) return own;
  return own === 0 ? request.timeoutMs : Math.min(own, request.timeoutMs);
}

export function newRunRow(order: RunOrder, request: RunRequest): RunEntity {
  return {
    ...emptyRecord,
    id: order.runId,
    ownerId: order.ownerId,
    authorId: authorOf(request, order.ownerId),
    definitionId: request.definition?.id ?? null,
    revision: request.definition?.revision ?? null,
    definitionName: request.definition ? (order.definition.name ?? null) : null,
    ...commandFacts(order),
    parameters: shownParameters(order, request),
    lane: order.lane,
    priority: order.priority,
    order: JSON.stringify(order),
    createdAtMs: Date.now(),
    ...(request.start !== false && emptyInput(order)),
    ...request.record,
  };
}

function authorOf({ definition }: RunRequest, ownerId: number): number | null {
  const author = definition?.ownerId ?? ownerId;
  return author === ownerId ? null : author;
}

/** The parameters that the caller gave, as they were understood, as JSON; null: none. */
function shownParameters({ definition, parameters }: RunOrder, request: RunRequest): string | null {
  const names = Object.keys(request.parameters);
  for (const { parameter } of request.uploads) if (parameter !== undefined) names.push(parameter);
  if (names.length === 0) return null;
  const shown = shownValues(definition, parameters);
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, shown[name]])));
}

/** The columns of a record that come from the command. */
function commandFacts({ definition, parameters }: RunOrder): Pick<RunEntity, 'exec' | 'argv' | 'port'> {
  const argv = expandArguments(definition, shownValues(definition, parameters));
  return { exec: definition.exec, argv: JSON.stringify(argv), port: listens(definition) ? 0 : null };
}

/** The command of a run that was created without one. `awaitsPort`: the program will report where it listens. */
export interface DeferredCommand {
  content: ProcessDefinition;
  awaitsPort: boolean;
}

/** The options of a created run that are given only when it is started. */
export interface StartOptions {
  /** Makes the run interactive, at a terminal if this or the order says so. */
  interactive?: Interaction;
  /** The command, if the run was created without one. */
  command?: DeferredCommand;
}

/** Puts the command into the order; returns the columns of the record that follow from it. */
export function giveCommand(order: RunOrder, { content, awaitsPort }: DeferredCommand): Partial<RunEntity> {
  order.definition = content;
  return { ...commandFacts(order), ...(awaitsPort && { port: 0 }) };
}

/** Whether the run would be a service that all users of its definition share; a user who started it separately would get the messages of the others. */
export function isSharedService({ definition, definitionId }: RunOrder): boolean {
  return isService(definition) && definitionId !== null;
}
