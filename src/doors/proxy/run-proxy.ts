// The way to the programs of runs that listen on a port: which run, whether it can be reached yet or still, and where.
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../../protocol/coded-error.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { Runs } from '../../runs/runs.js';
import { basePath } from '../links.js';
import { wantsUpgrade } from '../upgrade.js';
import { forwardRequest, type ProgramAddress } from './forward-request.js';
import { joinUpgrade } from './join-upgrade.js';

const retryAfterSeconds = 1;

@Injectable()
export class RunProxy {
  constructor(private readonly runs: Runs) {}

  /** Answers the request with what the run's program answers. Throws no_port, port_not_ready, port_gone, upgrade_refused, not_found. */
  async forward(request: FastifyRequest, reply: FastifyReply, row: RunEntity): Promise<void> {
    const address = this.addressOf(request, row);
    const pass = wantsUpgrade(request) ? joinUpgrade : forwardRequest;
    await pass(request, reply, address).catch((error) => {
      throw this.unreachable(row, error);
    });
  }

  private addressOf({ raw }: FastifyRequest, row: RunEntity): ProgramAddress {
    // never decoded: what it means is the program's business
    const [, prefix, path] = /^(\/[^?]*?\/http)(\/.*)$/s.exec(raw.url ?? '') ?? [];
    if (prefix === undefined) throw new CodedError('not_found', "there is nothing at this address; a program's own begins with http/");
    const reached = () => {
      const run = this.runs.activeRun(row.id);
      if (run) run.reached = true;
    };
    return { port: portOf(row), path, prefix: basePath() + prefix, reached };
  }

  private unreachable(row: RunEntity, error: NodeJS.ErrnoException): unknown {
    if (error instanceof CodedError) return error;
    const listened = row.jobName !== null || this.runs.activeRun(row.id)?.reached;
    if (error.code === 'ECONNREFUSED' && !listened && row.state !== 'finished') return notReady(row);
    return new CodedError('port_gone', `the program of run ${row.id} cannot be reached: ${error.code ?? error.message}`);
  }
}

function portOf(row: RunEntity): number {
  if (row.port === null)
    throw new CodedError('no_port', `the run ${row.id} has no port; a definition has one where its adapters name \${port}`);
  if (row.state === 'finished') throw new CodedError('port_gone', `the run ${row.id} has ended`);
  if (row.port === 0 || (row.state !== 'running' && row.state !== 'stopping')) throw notReady(row);
  return row.port;
}

function notReady(row: RunEntity): CodedError {
  return new CodedError('port_not_ready', `the program of run ${row.id} does not listen yet; it is ${row.state}`, { retryAfterSeconds });
}
