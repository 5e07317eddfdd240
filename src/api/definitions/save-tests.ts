// ?-selftest=1: the examples of definitions are run before they are saved, and where one fails nothing is saved.
import { Injectable } from '@nestjs/common';
import type { DefinitionRow } from '../../definitions/definition-rows.js';
import type { Fault } from '../../definitions/faults.js';
import { principalOf, queryOf, type Reply, type Request } from '../../http/request.js';
import { CodedError } from '../../model/coded-error.js';
import { isService, type ProcessDefinition } from '../../model/definition.js';
import type { ErrorCode } from '../../model/error-codes.js';
import type { SelfTestBody } from '../../run-http/example-result.js';
import { mostExamples, SelfTests, type TestOptions, testOptions } from '../../run-http/self-tests.js';
import { HeldTests } from './held-tests.js';

/** For the documentation of a write. */
export const testSwitch = {
  '-selftest': '1: run the examples first, and save nothing unless all pass; those of a service are not run',
};
export const testHeader = { 'Self-Test': 'passed=N, the number of examples that were run, with -selftest=1' };
/** The errors of a write that is tested. */
export const testErrors: ErrorCode[] = [
  'selftest_failed',
  'queue_full',
  'too_many_checks',
  'unknown_secret',
  'unknown_application',
  'run_as_refused',
  'adapter_unavailable',
];

/** The test of one write: `one` and `list` are called before it, with what it would result in. */
export class SaveTest {
  private readonly results: SelfTestBody[] = [];

  constructor(
    private readonly tests: SelfTests,
    private readonly options: TestOptions,
    private readonly held: HeldTests,
  ) {}

  readonly one = (row: DefinitionRow): Promise<void> => this.run([{ row, place: '' }]);
  readonly list = (rows: DefinitionRow[]): Promise<void> => this.run(rows.map((row, index) => ({ row, place: `objects[${index}].` })));

  /** Of the definition with this index. */
  result(index: number): SelfTestBody {
    return this.results[index];
  }

  get passed(): number {
    return this.results.reduce((sum, { examples }) => sum + examples.length, 0);
  }

  private async run(rows: { row: DefinitionRow; place: string }[]): Promise<void> {
    const all = rows.map(({ row, place }) => ({ row, place, content: JSON.parse(row.definition) as ProcessDefinition }));
    const count = all.reduce((sum, { content }) => sum + testable(content), 0);
    if (count > mostExamples)
      throw new CodedError(
        'invalid_request',
        `at most ${mostExamples} examples are run before a write, got ${count}; save fewer definitions at once`,
      );
    const length = rows.reduce((sum, { row }) => sum + row.definition.length, 0);
    if (count > 0) await this.held.during(this.options.caller.userId, length, () => this.runAll(all));
    else await this.runAll(all);
    refuseFailed(this.results.flatMap(({ examples }) => examples));
  }

  private async runAll(all: { row: DefinitionRow; place: string; content: ProcessDefinition }[]): Promise<void> {
    for (const { row, place, content } of all) {
      const replaces = row.revision > 1 ? row.id : null;
      const tested = { definition: null, content, trial: { replaces } };
      const { passed, examples } = testable(content) > 0 ? await this.tests.run(tested, this.options) : { passed: true, examples: [] };
      this.results.push({ passed, examples: examples.map((one) => ({ ...one, path: `${place}${one.path}` })) });
    }
  }
}

function refuseFailed(examples: SelfTestBody['examples']): void {
  const failed = examples.filter(({ passed }) => !passed);
  if (failed.length === 0) return;
  const faults = failed.map(({ path, error }): Fault => ({ path, message: error ?? 'it failed' }));
  const count = examples.length === 1 ? 'its example failed' : `${failed.length} of ${examples.length} examples failed`;
  throw new CodedError('selftest_failed', `nothing was saved: ${count}`, { faults, examples });
}

/** How many of its examples can be run. */
function testable(content: ProcessDefinition): number {
  return isService(content) ? 0 : (content.examples?.length ?? 0);
}

/** What was saved without a test although one was asked for; null: it was tested. */
export function untested(content: ProcessDefinition): Fault | null {
  if (testable(content) > 0) return null;
  const why = isService(content) ? 'the examples of a service are not run' : 'it has no examples';
  return { path: 'examples', message: `saved without a selftest: ${why}` };
}

@Injectable()
export class SaveTests {
  private readonly held = new HeldTests();

  constructor(private readonly tests: SelfTests) {}

  /** Undefined: no test is wanted. Throws invalid_request for another switch, or another value. */
  of(request: Request, reply: Reply): SaveTest | undefined {
    const query = queryOf(request);
    const unknown = [...query.keys()].find((name) => name.startsWith('-') && name !== '-selftest');
    if (unknown !== undefined) throw new CodedError('invalid_request', `unknown switch '${unknown.slice(0, 80)}'; allowed: -selftest`);
    const value = (query.getAll('-selftest').at(-1) ?? query.getAll('selftest').at(-1) ?? '0').slice(0, 80);
    if (!/^(1|true|0|false)$/.test(value)) throw new CodedError('invalid_request', `-selftest must be 1 or 0, got '${value}'`);
    return /^(1|true)$/.test(value) ? new SaveTest(this.tests, testOptions(principalOf(request), reply), this.held) : undefined;
  }
}
