// Repeats runs: the request for a run like a former one, with the message, the files and the parameters of that one.
import { Injectable } from '@nestjs/common';
import { Definitions } from '../definitions/definitions.js';
import { parsedDefinition } from '../definitions/parsed-definition.js';
import { Revisions } from '../definitions/revisions.js';
import { chooseInput, isNone } from '../model/adapter-choice.js';
import { CodedError } from '../model/coded-error.js';
import { isService, type ProcessDefinition } from '../model/definition.js';
import { secretMask } from '../model/redact.js';
import { mayActAs, type Principal } from '../model/roles.js';
import { isolationOfCommands } from './command-isolation.js';
import type { KeptInput } from './kept-input.js';
import { KeptInputs } from './kept-inputs.js';
import type { RunEntity } from './run.entity.js';
import { emptyRequest, type RunRequest } from './run-request.js';

/** The revision of the definition that the new run is of: that of the former run, or the present one. */
export const rerunRevisions = ['then', 'now'] as const;

export interface Rerun {
  /** The id of the new run, under which its files lie. */
  runId: string;
  revision: (typeof rerunRevisions)[number];
  /** They replace parameters of the former run; null leaves one out. */
  parameters: Record<string, unknown>;
}

/** What the new run runs. */
type Program = Pick<RunRequest, 'definition' | 'content' | 'isolation'>;

@Injectable()
export class Reruns {
  constructor(
    private readonly inputs: KeptInputs,
    private readonly definitions: Definitions,
    private readonly revisions: Revisions,
  ) {}

  /** Copies the kept files for the new run. Throws not_found, run_active, wrong_state, input_not_kept, secret_needed, message_not_taken. */
  async request(caller: Principal, id: string, { runId, revision, parameters }: Rerun): Promise<RunRequest> {
    const row = await this.inputs.ended(caller, id);
    const version = row.definitionId === null ? null : await this.version(caller, row, revision);
    if (version && isService(version.content))
      throw new CodedError('wrong_state', `the run ${id} is a service, which is started by execute/`);
    const all = await this.inputs.of(row);
    const kept = {
      ...all,
      uploads: all.uploads?.filter(({ parameter }) => parameter === undefined || !Object.hasOwn(parameters, parameter)),
    };
    const program = version ?? commandOf(caller, row, kept);
    if (kept.message && isNone(chooseInput(program.content)))
      throw new CodedError('message_not_taken', `the run ${id} had a message, but the present definition takes none`);
    return {
      ...emptyRequest(),
      ...program,
      runId,
      parameters: parametersFor(row, kept, parameters),
      ...(await this.inputs.copy(id, runId, kept)),
      inputFile: kept.inputFile ?? {},
      outputFile: kept.outputFile ?? {},
      interactive: kept.interactive,
      synchronous: false,
      record: { rerunOf: id },
    };
  }

  /** With the rights of now, whatever the revision. */
  private async version(
    caller: Principal,
    { id, definitionId, revision, createdAtMs }: RunEntity,
    wanted: Rerun['revision'],
  ): Promise<Program> {
    const definition = await this.definitions.rows.byId(caller, Number(definitionId));
    if (!definition) throw new CodedError('not_found', `there is no definition ${definitionId} any more, of which the run ${id} is`);
    if (wanted === 'now') return { definition, content: parsedDefinition(definition) };
    const then = await this.revisions.get(definition, revision as number);
    // the owner has replaced the whole list since, or the id belongs to another definition now
    if (then.createdAtMs > createdAtMs)
      throw new CodedError('not_found', `the revision ${revision} of the definition ${definition.id} is newer than the run ${id}`);
    const content: ProcessDefinition = JSON.parse(then.definition);
    if (then.revision !== definition.revision) refuseFormer(caller, content);
    return { definition: { id: definition.id, revision: then.revision, ownerId: definition.ownerId }, content };
  }
}

/** An admin who has changed a program of a user of the machine has taken the former one away, such as one with a weakness. */
function refuseFormer({ role }: Principal, { run_as: name }: ProcessDefinition): void {
  if (name === undefined || role === 'admin') return;
  throw new CodedError(
    'forbidden',
    `this version of the definition runs as the user '${name}' (run_as) and has been replaced; repeat the run with "revision": "now"`,
  );
}

/** The command of a run without a definition, for its owner alone: the isolation of commands depends on who runs them. */
function commandOf(caller: Principal, { id, ownerId }: RunEntity, { command }: KeptInput): Program {
  if (!command) throw new CodedError('input_not_kept', `the command of the run ${id} was not kept`);
  if (ownerId !== caller.userId) throw new CodedError('forbidden', `the command of the run ${id} is another user's`);
  if (!mayActAs(caller.role, 'author'))
    throw new CodedError('forbidden', `an ad hoc command needs the role author; your role is ${caller.role}`);
  return { definition: null, content: command, isolation: isolationOfCommands(caller, command) };
}

/** The values of the kept files are not among them: these come as uploads. */
function parametersFor(
  { id, parameters }: RunEntity,
  { uploads = [] }: KeptInput,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const former: Record<string, unknown> = parameters === null ? {} : JSON.parse(parameters);
  for (const { parameter } of uploads) if (parameter !== undefined) delete former[parameter];
  const secrets = Object.keys(former).filter((name) => former[name] === secretMask && !Object.hasOwn(given, name));
  if (secrets.length > 0) {
    const message = `the run ${id} had secret parameters, which are not kept and must be given again: ${secrets.join(', ')}`;
    throw new CodedError('secret_needed', message, { parameters: secrets });
  }
  return Object.fromEntries(Object.entries({ ...former, ...given }).filter(([, value]) => value !== null));
}
