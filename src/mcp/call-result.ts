// What a call returns: the output of a run by its type, or a link to it; and what went wrong, so that a model can mend its call.

import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import type { Fault } from '../definitions/faults.js';
import { parseJson } from '../http/json-body.js';
import type { CodedError } from '../model/coded-error.js';
import type { ProcessDefinition } from '../model/definition.js';
import { Outputs } from '../results/outputs.js';
import { outputExcerpts } from '../run-http/output-excerpts.js';
import type { RunEntity } from '../runs/run.entity.js';
import { Runs } from '../runs/runs.js';
import { isTextType, plainTypeOf, readStart } from './output-text.js';
import { uriOf } from './resource-uris.js';
import { givesJson, isJson, linkedBytes } from './tool-schema.js';

/** Pictures and sounds are shown up to this size. */
const shownBytes = 2 ** 20;
/** Of a text that is only linked the beginning is shown. */
const beginningBytes = 2048;

interface Output {
  row: RunEntity;
  type: string;
  bytes: number;
}

@Injectable()
export class CallResults {
  constructor(
    private readonly runs: Runs,
    private readonly outputs: Outputs,
  ) {}

  /** Of a run that has ended. */
  async of(row: RunEntity, definition: ProcessDefinition): Promise<CallToolResult> {
    const _meta = metaOf(row);
    if (!row.success) return { content: [text(await this.failure(row))], isError: true, _meta };
    if (row.outputSource === null) return { content: [text(await this.withoutOutput(row))], _meta };
    const output = { row, type: plainTypeOf(row.outputType), bytes: row.outputBytes ?? 0 };
    const content = await this.content(output);
    if (row.outputNote) content.push(text(row.outputNote));
    return { content, ...(givesJson(definition) && { structuredContent: await this.structured(output) }), _meta };
  }

  private async content(output: Output): Promise<ContentBlock[]> {
    const { row, type, bytes } = output;
    const isShown = /^(image|audio)\//.test(type) && !isTextType(type);
    if (bytes > (isShown ? shownBytes : linkedBytes)) return this.linked(output);
    const content = await this.start(row, bytes);
    if (isTextType(type)) return [text(content.toString())];
    const data = content.toString('base64');
    if (isShown) return [{ type: type.startsWith('image/') ? 'image' : 'audio', data, mimeType: type }];
    return [{ type: 'resource', resource: { uri: uriOf(row.id, 'output'), mimeType: type, blob: data } }, text(`${reference(row)}.`)];
  }

  private async linked(output: Output): Promise<ContentBlock[]> {
    const { row, type, bytes } = output;
    const name = row.outputName ?? 'output';
    const link = { type: 'resource_link' as const, uri: uriOf(row.id, 'output'), name, mimeType: type, size: bytes };
    const said = `The output has ${bytes} bytes, too many to show here. ${reference(row)}.`;
    if (!isTextType(type)) return [text(said), link];
    const beginning = (await this.start(row, beginningBytes)).toString().replace(/\ufffd$/, '');
    return [text(`${said} It begins:\n\n${beginning}`), link];
  }

  /** JSON that this server would not take itself, since it would cause harm elsewhere, is a text: too deep, or with numbers that are not exact. */
  private async structured({ row, type, bytes }: Output): Promise<Record<string, unknown>> {
    if (bytes > linkedBytes) return { resource: uriOf(row.id, 'output'), bytes };
    const written = (await this.start(row, bytes)).toString();
    try {
      const value: unknown = isJson(type) ? parseJson(written) : written;
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : { result: value };
    } catch {
      return { result: written };
    }
  }

  private start({ id, outputSource, outputBytes }: RunEntity, bound: number): Promise<Buffer> {
    return readStart(this.outputs, { runId: id, source: outputSource as 'file', bytes: outputBytes ?? 0 }, bound);
  }

  private async withoutOutput(row: RunEntity): Promise<string> {
    const { stdout } = await outputExcerpts(await this.runs.log(row.id));
    const said = `The program has ended${row.exitCode === null ? '' : ` with exit code ${row.exitCode}`}; it gives no output (run:${row.id}).`;
    return stdout === '' ? said : `${said} It has written:\n\n${stdout}`;
  }

  private async failure(row: RunEntity): Promise<string> {
    const { stderr, stdout } = await outputExcerpts(await this.runs.log(row.id));
    const parts = [`${row.error ?? 'the run has failed'} (run ${row.id})`];
    if (row.exitCode !== null) parts.push(`exit code: ${row.exitCode}`);
    if (row.signal !== null) parts.push(`signal: ${row.signal}`);
    if (stdout !== '') parts.push(`the beginning of its standard output:\n${stdout}`);
    if (stderr !== '') parts.push(`the end of its standard error:\n${stderr}`);
    return parts.join('\n');
  }
}

/** A call that has not become a run. */
export function refusal({ message, fields, code }: CodedError): CallToolResult {
  const faults = Array.isArray(fields.faults) ? (fields.faults as Fault[]) : [];
  const listed = faults.length > 1 ? faults.map(({ path, message: said }) => `- ${path}: ${said}`) : [];
  return {
    content: [text([message, ...listed].join('\n'))],
    isError: true,
    _meta: { 'process-registry/code': code, ...(faults.length > 0 && { 'process-registry/faults': faults }) },
  };
}

export function text(said: string): ContentBlock {
  return { type: 'text', text: said };
}

function reference({ id }: RunEntity): string {
  return `Other tools take it as run:${id}/output`;
}

function metaOf({ id, exitCode, startedAtMs, finishedAtMs }: RunEntity): Record<string, unknown> {
  const durationMs = startedAtMs === null || finishedAtMs === null ? null : finishedAtMs - startedAtMs;
  return { 'process-registry/run': id, 'process-registry/exit_code': exitCode, 'process-registry/duration_ms': durationMs };
}
