// What runs have left as resources: listed, described by templates, and read up to a size.
import type { ListResourcesResult, ReadResourceResult } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { CodedError } from '../model/coded-error.js';
import type { Principal } from '../model/roles.js';
import { typeByName } from '../results/content-type.js';
import { logText } from '../results/log-text.js';
import { Outputs } from '../results/outputs.js';
import { FilesOfRuns } from '../runs/files-of-runs.js';
import type { RunEntity } from '../runs/run.entity.js';
import { Runs } from '../runs/runs.js';
import { isTextType, plainTypeOf, readStart } from './output-text.js';
import { type RunResource, resourceOf, uriOf } from './resource-uris.js';
import { RpcError } from './rpc-error.js';
import { Tools } from './tools.js';

/** So much of a resource is read. */
const readBytes = 2 ** 20;
/** Of the last `lookedAt` runs those with an output are listed, at most `listed`. */
const lookedAt = 100;
const listed = 20;

interface Content {
  bytes: Buffer;
  type: string;
  /** Of the whole. */
  wholeBytes: number;
  /** Where the whole can be read by HTTP, below /api/run/ID/. */
  place: string;
}

export const resourceTemplates = [
  { uriTemplate: 'procreg://run/{id}/output', name: 'output', title: 'The output of a run' },
  { uriTemplate: 'procreg://run/{id}/log', name: 'log', title: 'What the program of a run has written', mimeType: 'text/plain' },
  { uriTemplate: 'procreg://run/{id}/files/{+path}', name: 'file', title: 'A file that a run has left' },
];

@Injectable()
export class RunResources {
  constructor(
    private readonly runs: Runs,
    private readonly outputs: Outputs,
    private readonly files: FilesOfRuns,
    private readonly tools: Tools,
  ) {}

  /** The outputs of the caller's last runs. */
  async list(caller: Principal): Promise<ListResourcesResult> {
    const page = { filters: { ownerId: caller.userId }, oldestFirst: false, limit: lookedAt, offset: 0 };
    const { rows } = await this.runs.list(caller, page);
    const isCovered = await this.tools.coverage(caller);
    const resources = [];
    for (const row of rows) {
      if (resources.length === listed) break;
      if (row.state !== 'finished' || row.outputSource === null || !isCovered(row.definitionId)) continue;
      const name = `${row.definitionName ?? row.exec.split('/').at(-1)}: ${row.outputName ?? 'output'}`;
      resources.push({ uri: uriOf(row.id, 'output'), name, mimeType: plainTypeOf(row.outputType), size: row.outputBytes ?? 0 });
    }
    return { resources };
  }

  /** `base`: the address of this server as the caller knows it. Throws an error of the protocol with the address of what is not there. */
  async read(caller: Principal, uri: string, base: string): Promise<ReadResourceResult> {
    const resource = resourceOf(uri);
    try {
      if (!resource) throw new CodedError('not_found', 'there is no such resource');
      return { contents: contentsOf(uri, await this.content(caller, resource), `${base}/api/run/${resource.id}/`) };
    } catch (error) {
      if (error instanceof CodedError && error.code !== 'internal') throw new RpcError(`${uri.slice(0, 1000)}: ${error.message}`, { uri });
      throw error;
    }
  }

  private async content(caller: Principal, resource: RunResource): Promise<Content> {
    const row = await this.runs.find(caller, resource.id);
    if (!(await this.tools.coverage(caller))(row.definitionId)) throw new CodedError('not_found', `there is no run ${row.id}`);
    if (resource.part === 'files') return this.file(caller, row.id, resource.path);
    return resource.part === 'log' ? this.log(row) : this.output(row);
  }

  private async output(row: RunEntity): Promise<Content> {
    if (row.state !== 'finished') throw new CodedError('run_active', `the run has not ended; it is ${row.state}`);
    if (row.outputSource === null) throw new CodedError('output_gone', 'the run has no output');
    const wholeBytes = row.outputBytes ?? 0;
    const bytes = await readStart(this.outputs, { runId: row.id, source: row.outputSource, bytes: wholeBytes }, readBytes);
    return { bytes, wholeBytes, type: plainTypeOf(row.outputType), place: 'output/' };
  }

  private async log(row: RunEntity): Promise<Content> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of logText(await this.runs.log(row.id), { follow: false, timestamps: false })) {
      length += chunk.length;
      chunks.push(chunk);
      if (length > readBytes) break;
    }
    return { bytes: Buffer.concat(chunks).subarray(0, readBytes), wholeBytes: length, type: 'text/plain', place: 'log/' };
  }

  private async file(caller: Principal, id: string, path: string): Promise<Content> {
    const file = await (await this.files.reading(caller, id)).open(path);
    const chunks: Buffer[] = [];
    for await (const chunk of file.read({ start: 0, end: readBytes - 1 })) chunks.push(chunk as Buffer);
    const place = `files/${path.split('/').map(encodeURIComponent).join('/')}`;
    return { bytes: Buffer.concat(chunks), wholeBytes: file.bytes, type: plainTypeOf(typeByName(path)), place };
  }
}

function contentsOf(uri: string, { bytes, type, wholeBytes, place }: Content, run: string): ReadResourceResult['contents'] {
  const whole = isTextType(type)
    ? { uri, mimeType: type, text: bytes.toString() }
    : { uri, mimeType: type, blob: bytes.toString('base64') };
  if (wholeBytes <= bytes.length) return [whole];
  const said = `This is the first MiB alone. GET ${run}${place} with the login of this server gives all of it, and tools take it by reference.`;
  return [whole, { uri, mimeType: 'text/plain', text: said }];
}
