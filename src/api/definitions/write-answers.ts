// The answers to writes: empty as with tastypie, or with the data; and what the author may have meant otherwise.
import { Injectable } from '@nestjs/common';
import type { DefinitionRow } from '../../definitions/definition-rows.js';
import { DefinitionWarnings } from '../../definitions/definition-warnings.js';
import { parsedDefinition } from '../../definitions/parsed-definition.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { sendEmpty, sendJsonText } from '../../http/send-response.js';
import { addVary } from '../../http/vary.js';
import { addWarnings } from '../../http/warning-header.js';
import { AlwaysReturnData, renderDefinition } from './render.js';

/** The status of a response with the data, and of one without. */
interface Status {
  full: number;
  empty: number;
}

/** `json`: the data, with the warnings in it or without. */
interface Written {
  status: Status;
  json: (withWarnings: boolean) => string;
  warnings: { texts: string[]; more: number };
}

@Injectable()
export class WriteAnswers {
  constructor(
    private readonly always: AlwaysReturnData,
    private readonly warnings: DefinitionWarnings,
  ) {}

  sendOne(request: Request, reply: Reply, { row, status }: { row: DefinitionRow; status: Status }): void {
    const author = principalOf(request);
    const found = this.warnings.of(author, parsedDefinition(row));
    const warnings = { texts: found.faults.map(({ message }) => message), more: found.more };
    this.send(request, reply, {
      status,
      warnings,
      json: (withWarnings) => renderDefinition(author, row, withWarnings ? found : undefined),
    });
  }

  sendList(request: Request, reply: Reply, { rows, status }: { rows: DefinitionRow[]; status: Status }): void {
    const author = principalOf(request);
    const found = rows.map((row) => this.warnings.of(author, parsedDefinition(row)));
    const texts = found.flatMap(({ faults }, index) => faults.map(({ message }) => `objects[${index}]: ${message}`));
    const json = (withWarnings: boolean) =>
      `{"objects": [${rows.map((row, index) => renderDefinition(author, row, withWarnings ? found[index] : undefined)).join(', ')}]}`;
    this.send(request, reply, { status, json, warnings: { texts, more: found.reduce((sum, { more }) => sum + more, 0) } });
  }

  /** With the data when the server or `Prefer: return=representation` says so. The data of a server that always sends it are tastypie's, without warnings. */
  private send(request: Request, reply: Reply, { status, json, warnings }: Written): void {
    addVary(reply, 'Accept');
    const preferred = /(^|[,;\s])return=representation\b/i.test(String(request.headers.prefer ?? ''));
    if (preferred) void reply.header('preference-applied', 'return=representation');
    else addWarnings(reply, warnings.texts, warnings.more);
    if (this.always.on || preferred) return sendJsonText(reply, status.full, json(preferred));
    if (status.empty !== 204) void reply.header('content-type', 'text/html; charset=utf-8');
    sendEmpty(reply, status.empty);
  }
}
