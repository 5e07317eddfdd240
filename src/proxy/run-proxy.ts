// Finds the program of a run that listens on a port: whether it can be reached now, and at which address.
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { wantsUpgrade } from '../http/upgrade.js';
import { basePath } from '../http/urls.js';
import { CodedError } from '../model/coded-error.js';
import type { ActiveRun } from '../runs/active-run.js';
import type { RunEntity } from '../runs/run.entity.js';
import { Runs } from '../runs/runs.js';
import { forwardRequest } from './forward-request.js';
import { joinUpgrade } from './join-upgrade.js';

const retryAfterSeconds = 1;

/** What stands before the program's own address, and what follows. The path is never decoded: the program decides what it means. */
const address = /^(\/run-page\/[^/?]+|\/[^?]*?\/http)((?:[/?].*)?)$/s;

@Injectable()
export class RunProxy {
  /** The runs whose programs were seen listening. */
  private readonly seen = new WeakSet<ActiveRun>();

  constructor(private readonly runs: Runs) {}

  /** Answers the request with what the run's program answers. Throws no_port, port_not_ready, port_gone, upgrade_refused, not_found. */
  async forward(request: FastifyRequest, reply: FastifyReply, row: RunEntity): Promise<void> {
    const [, prefix, rest] = address.exec(request.raw.url ?? '') ?? [];
    if (prefix === undefined) throw new CodedError('not_found', 'nothing exists at this address');
    const path = rest.startsWith('/') ? rest : `/${rest}`;
    if (path !== rest && leads(request)) return void reply.redirect(basePath() + prefix + path, 308);
    const { host, port } = this.addressOf(row);
    const pass = wantsUpgrade(request) ? joinUpgrade : forwardRequest;
    await pass(request, reply, { host, port, path, prefix: basePath() + prefix }).catch((error: NodeJS.ErrnoException) => {
      if (error instanceof CodedError) throw error;
      throw new CodedError('port_gone', `the program of run ${row.id} did not answer: ${error.code ?? error.message}`);
    });
  }

  /** Where the run's program listens. Throws no_port, port_not_ready, port_gone. */
  addressOf(row: RunEntity): { host: string; port: number } {
    const { id, port, state } = row;
    if (port === null) throw new CodedError('no_port', `the run ${id} has no port; its definition must contain \${port}`);
    const run = this.runs.activeRun(id);
    if (!run || state === 'finished') throw gone(row, 'has ended');
    if (port === 0) throw notReady(row);
    return { host: this.hostOf(run), port };
  }

  /** The host at which the program listens; another program may have the port by now, or may always have had it. */
  private hostOf(run: ActiveRun): string {
    const { row } = run;
    const listener = run.listener();
    if (listener === 'foreign') throw gone(row, `does not listen on its port ${row.port}, but another program does`);
    const listened = this.seen.has(run) || row.jobName !== null;
    if (!listener) throw listened ? gone(row, `does not listen on its port ${row.port}`) : notReady(row);
    this.seen.add(run);
    return listener.address;
  }
}

/** Whether a page may come of the answer: its relative links need the last slash. */
function leads(request: FastifyRequest): boolean {
  return ['GET', 'HEAD'].includes(request.method) && !wantsUpgrade(request);
}

function gone({ id }: RunEntity, why: string): CodedError {
  return new CodedError('port_gone', `the program of run ${id} ${why}`);
}

function notReady({ id, state }: RunEntity): CodedError {
  return new CodedError('port_not_ready', `the program of run ${id} does not listen yet; it is ${state}`, { retryAfterSeconds });
}
