// Runs the examples of a definition and says which of them give the expected output.
import type { DefinitionRow } from '../../definitions/definition-rows.js';
import { parsedDefinition } from '../../definitions/parsed-definition.js';
import { runUri } from '../../http/urls.js';
import { CodedError } from '../../model/coded-error.js';
import { type DefinitionExample, isService } from '../../model/definition.js';
import type { Principal } from '../../model/roles.js';
import type { Outputs } from '../../results/outputs.js';
import type { MessageStorage } from '../../runs/message-storage.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { emptyRequest, type RunRequest } from '../../runs/run-request.js';
import type { Runs } from '../../runs/runs.js';

/** How much of an output is compared and shown, in bytes. */
const comparedBytes = 64 * 1024;

export interface SelfTest {
  runs: Runs;
  outputs: Outputs;
  storage: MessageStorage;
  caller: Principal;
  row: DefinitionRow;
}

export interface ExampleResult {
  passed: boolean;
  /** The resource_uri of the run of this example. */
  run: string;
  end_reason: string | null;
  expect: string | null;
  output: string | null;
}

/** Runs one example after the other. An example without `expect` passes when its run succeeds. */
export async function runExamples(test: SelfTest): Promise<{ passed: boolean; examples: ExampleResult[] }> {
  const definition = parsedDefinition(test.row);
  if (isService(definition))
    throw new CodedError('invalid_request', 'a selftest is not possible for a service; send it a message by execute/');
  const { examples = [] } = definition;
  const results: ExampleResult[] = [];
  for (const example of examples) results.push(await runExample(test, example));
  return { passed: results.every(({ passed }) => passed), examples: results };
}

async function runExample(test: SelfTest, example: DefinitionExample): Promise<ExampleResult> {
  const { row: run } = await test.runs.execute(test.caller, async (runId) => ({ run: await requestOf(test, example, runId) }));
  const output = await outputText(test, run);
  const passed = run.success === true && (example.expect === undefined || example.expect === output);
  return { passed, run: runUri(run.id), end_reason: run.endReason, expect: example.expect ?? null, output };
}

async function requestOf({ row, storage }: SelfTest, { message, parameters = {} }: DefinitionExample, runId: string): Promise<RunRequest> {
  return {
    ...emptyRequest(),
    runId,
    definition: row,
    content: parsedDefinition(row),
    parameters,
    message: await storage.keep(runId, message === undefined ? undefined : Buffer.from(message)),
    synchronous: true,
  };
}

async function outputText({ outputs }: SelfTest, run: RunEntity): Promise<string | null> {
  if (run.outputSource === null) return null;
  const place = { runId: run.id, source: run.outputSource, bytes: run.outputBytes ?? 0 };
  const range = place.bytes > comparedBytes ? { start: 0, end: comparedBytes - 1 } : undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of await outputs.open(place, { range })) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
