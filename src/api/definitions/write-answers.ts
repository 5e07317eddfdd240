// The answers to writes: empty as with tastypie, or with the data; and what the author may have meant otherwise.
import { Injectable } from '@nestjs/common';
import type { DefinitionRow } from '../../definitions/definition-rows.js';
import { DefinitionWarnings } from '../../definitions/definition-warnings.js';
import type { FaultList } from '../../definitions/faults.js';
import { parsedDefinition } from '../../definitions/parsed-definition.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { sendEmpty, sendJsonText } from '../../http/send-response.js';
import { addVary } from '../../http/vary.js';
import { addWarnings } from '../../http/warning-header.js';
import type { Principal } from '../../model/roles.js';
import type { SelfTestBody } from '../../run-http/example-result.js';
import { AlwaysReturnData, renderDefinition } from './render.js';
import { type SaveTest, SaveTests, untested } from './save-tests.js';

/** The status of a response with the data, and of one without. */
interface Status {
  full: number;
  empty: number;
}

/** `json`: the data, with the warnings and the test in it or without. */
interface Written {
  status: Status;
  json: (isWhole: boolean) => string;
  warnings: { texts: string[]; more: number };
  test?: SaveTest;
}

@Injectable()
export class WriteAnswers {
  constructor(
    private readonly always: AlwaysReturnData,
    private readonly warnings: DefinitionWarnings,
    readonly tests: SaveTests,
  ) {}

  sendOne(request: Request, reply: Reply, { row, status, test }: { row: DefinitionRow; status: Status; test?: SaveTest }): void {
    const author = principalOf(request);
    const remarks = this.remarksOf(author, row, test);
    const { faults, more } = remarks.warnings;
    const warnings = { texts: faults.map(({ message }) => message), more };
    this.send(request, reply, { status, warnings, test, json: (isWhole) => renderDefinition(author, row, isWhole ? remarks : {}) });
  }

  sendList(request: Request, reply: Reply, { rows, status, test }: { rows: DefinitionRow[]; status: Status; test?: SaveTest }): void {
    const author = principalOf(request);
    const found = rows.map((row) => this.warningsOf(author, row, test));
    const texts = found.flatMap(({ faults }, index) => faults.map(({ message }) => `objects[${index}]: ${message}`));
    const remarks = (index: number) => ({ warnings: found[index], selftest: test?.result(index) });
    const json = (isWhole: boolean) =>
      `{"objects": [${rows.map((row, index) => renderDefinition(author, row, isWhole ? remarks(index) : {})).join(', ')}]}`;
    this.send(request, reply, { status, json, test, warnings: { texts, more: found.reduce((sum, { more }) => sum + more, 0) } });
  }

  /** What is told of a write of one definition besides the data. */
  remarksOf(author: Principal, row: DefinitionRow, test?: SaveTest): { warnings: FaultList; selftest?: SelfTestBody } {
    return { warnings: this.warningsOf(author, row, test), selftest: test?.result(0) };
  }

  private warningsOf(author: Principal, row: DefinitionRow, test?: SaveTest): FaultList {
    const content = parsedDefinition(row);
    const { faults, more } = this.warnings.of(author, content);
    const remark = test && untested(content);
    return { faults: remark ? [...faults, remark] : faults, more };
  }

  /** With the data when the server or `Prefer: return=representation` says so. The data of a server that always sends it are tastypie's, without warnings. */
  private send(request: Request, reply: Reply, { status, json, warnings, test }: Written): void {
    addVary(reply, 'Accept');
    if (test) void reply.header('self-test', `passed=${test.passed}`);
    const preferred = /(^|[,;\s])return=representation\b/i.test(String(request.headers.prefer ?? ''));
    if (preferred) void reply.header('preference-applied', 'return=representation');
    else addWarnings(reply, warnings.texts, warnings.more);
    if (this.always.on || preferred) return sendJsonText(reply, status.full, json(preferred));
    if (status.empty !== 204) void reply.header('content-type', 'text/html; charset=utf-8');
    sendEmpty(reply, status.empty);
  }
}
