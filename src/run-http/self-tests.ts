// Runs the examples of definitions, stored ones and ones that are not saved yet, and says which of them give what they promise.
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { disconnectSignal } from '../http/client-disconnect.js';
import { CodedError } from '../model/coded-error.js';
import { type DefinitionExample, isService } from '../model/definition.js';
import type { ErrorCode } from '../model/error-codes.js';
import type { Principal } from '../model/roles.js';
import { Outputs } from '../results/outputs.js';
import type { RunEntity } from '../runs/run.entity.js';
import { Runs } from '../runs/runs.js';
import { exampleRequest, type Tested } from './example-request.js';
import { type ExampleResult, exampleResult, neededBytes, refusedExample, type SelfTestBody } from './example-result.js';
import { outputExcerpts } from './output-excerpts.js';
import { RunSources } from './run-sources.js';

/** How long the examples of one request may take together, waiting for their turn included. */
const longestTestMs = 600_000;
/** How many examples are run for one request. */
export const mostExamples = 100;

/** Faults of an example itself; the other examples are run nevertheless. */
const ownFaults: ErrorCode[] = ['invalid_parameters', 'invalid_request', 'message_not_taken', 'message_too_large'];

/** Whose examples are run, and for how long at most. */
export interface TestOptions {
  caller: Principal;
  /** Aborted when the caller has gone away. */
  gone: AbortSignal;
  /** Aborted when the time of the whole test is over. */
  late: AbortSignal;
}

export function testOptions(caller: Principal, reply: FastifyReply): TestOptions {
  return { caller, gone: disconnectSignal(reply), late: AbortSignal.timeout(longestTestMs) };
}

@Injectable()
export class SelfTests {
  constructor(
    private readonly runs: Runs,
    private readonly outputs: Outputs,
    private readonly sources: RunSources,
  ) {}

  /** Runs one example after the other, as runs of the caller. Throws invalid_request for a service, and what submitting a run throws. */
  async run(tested: Tested, options: TestOptions): Promise<SelfTestBody> {
    if (isService(tested.content))
      throw new CodedError('invalid_request', 'a selftest is not possible for a service; send it a message by execute/');
    const examples: ExampleResult[] = [];
    for (const [index, example] of (tested.content.examples ?? []).entries())
      examples.push(await this.example(tested, { path: `examples[${index}]`, example }, options));
    return { passed: examples.every(({ passed }) => passed), examples };
  }

  private async example(
    tested: Tested,
    { path, example }: { path: string; example: DefinitionExample },
    options: TestOptions,
  ): Promise<ExampleResult> {
    const over = endOf(options);
    if (over) return refusedExample(path, example, `it was not run: ${over}`);
    try {
      const { sources } = this;
      const read = async (runId: string) => ({ run: await exampleRequest(tested, example, { sources, runId }) });
      const { id } = await this.runs.accept(options.caller, read);
      const row = await this.ended(id, options);
      const result = exampleResult(path, example, { row, output: await this.output(row, neededBytes(example)) });
      return result.passed ? result : { ...result, stderr: (await outputExcerpts(await this.runs.log(id))).stderr };
    } catch (error) {
      if (error instanceof CodedError && ownFaults.includes(error.code)) return refusedExample(path, example, error.message);
      throw error;
    }
  }

  /** The record of the run once it has ended, by itself or because the test is over. */
  private async ended(id: string, options: TestOptions): Promise<RunEntity> {
    await this.runs.wait(id, Number.POSITIVE_INFINITY, AbortSignal.any([options.gone, options.late]));
    const over = endOf(options);
    if (over) {
      this.runs.stopActive(id, { error: over });
      await this.runs.wait(id, Number.POSITIVE_INFINITY);
    }
    return this.runs.find(options.caller, id);
  }

  private async output({ id, outputSource: source, outputBytes }: RunEntity, bytesBound: number): Promise<Buffer | null> {
    if (source === null) return null;
    const place = { runId: id, source, bytes: outputBytes ?? 0 };
    const range = place.bytes > bytesBound ? { start: 0, end: bytesBound - 1 } : undefined;
    const chunks: Buffer[] = [];
    for await (const chunk of await this.outputs.open(place, { range })) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
}

function endOf({ gone, late }: TestOptions): string | null {
  if (gone.aborted) return 'the caller went away';
  return late.aborted ? `the examples took longer than ${longestTestMs / 1000} s together` : null;
}
