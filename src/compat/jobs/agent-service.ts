// What a router may ask of this server as its agent: the methods of pAgent, for the jobs of one user.
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../model/roles.js';
import type { IncomingCall, Methods } from '../../prpc/incoming-calls.js';
import { RemoteError, statuses } from '../../prpc/messages.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { AgentFiles } from './agent-files.js';
import { AgentJobStore, ConnectionJobs } from './agent-job-store.js';
import { type Given, namedArguments } from './agent-parameters.js';
import { AgentProgram } from './agent-program.js';
import { readJobStart, readNewJob } from './job-bodies.js';
import { jobInfo, jobUid } from './job-info.js';
import { Jobs, startFailure } from './jobs.js';
import type { ReachedAt } from './port-registration.js';

/** One connection of a router. */
export interface RouterSession {
  /** The owner of the runs behind the router's jobs; asked again for each call, since rights end. Throws forbidden. */
  owner(): Promise<Principal>;
  reachedAt: ReachedAt;
  /** The router's identity, as jobs show it. */
  sender(): object;
  closed: Promise<unknown>;
}

interface Asked extends Given {
  owner: Principal;
  session: RouterSession;
  made: ConnectionJobs;
  call: IncomingCall;
}

type Method = (asked: Asked) => Promise<unknown>;

@Injectable()
export class AgentService {
  private readonly methods: Record<string, Method> = {
    job_create: (asked) => this.create(asked),
    job_start: (asked) => this.start(asked),
    job_wait: (asked) => this.wait(asked),
    job_info: async (asked) => infoOf(await this.job(asked), asked),
    job_remove: (asked) => this.remove(asked),
    job_count_current_connection: async ({ made }) => made.count,
    file_download: async (asked) => this.files.download(asked.owner, await this.job(asked), asked),
    file_upload: async (asked) => this.files.upload(asked.owner, await this.job(asked), asked),
    archive_download: async (asked) => this.files.pack(asked.owner, await this.job(asked), asked),
    archive_upload: async (asked) => this.files.unpack(asked.owner, await this.job(asked), asked),
    http_request: async (asked) => this.program.request(await this.job(asked), asked),
    ws_connect: async (asked) => this.program.connect(await this.job(asked), asked),
  };

  constructor(
    private readonly jobs: Jobs,
    private readonly files: AgentFiles,
    private readonly program: AgentProgram,
    private readonly routed: AgentJobStore,
  ) {}

  /** The methods for one connection: its jobs end with the connection. */
  serve(session: RouterSession): Methods {
    const made = new ConnectionJobs(this.routed, session.closed);
    return async (call) => {
      const method = Object.hasOwn(this.methods, call.method) ? this.methods[call.method] : undefined;
      if (!method) throw new RemoteError(statuses.methodNotFound, '', `method '${call.method}' is not found`);
      return method({ owner: await session.owner(), session, made, call, ...namedArguments(call) });
    };
  }

  private job({ owner, text }: Asked): Promise<RunEntity> {
    return this.jobs.find(owner, text('job_uid'));
  }

  private async create(asked: Asked): Promise<object> {
    const { owner, made, values } = asked;
    const { name } = readNewJob({ agent: { type: 'uid', uid: 'local' }, name: values.name ?? '' });
    const row = await this.jobs.create(owner, name);
    await made.add(jobUid(row.id));
    return infoOf(row, asked);
  }

  private async start(asked: Asked): Promise<object> {
    const { job_uid: _uid, env, ...more } = asked.values;
    const { owner, session } = asked;
    const { id } = await this.job(asked);
    const start = readJobStart({ ...more, env: env ?? {} });
    const row = await this.jobs.start(owner, id, { start, reachedAt: session.reachedAt });
    const failure = startFailure(row, start);
    if (failure) throw failure;
    return infoOf(row, asked);
  }

  private async wait(asked: Asked): Promise<object> {
    const row = await this.job(asked);
    await this.jobs.ended(row, asked.call.gone);
    return infoOf(row, asked);
  }

  private async remove(asked: Asked): Promise<object> {
    const before = await this.jobs.remove(asked.owner, await this.job(asked));
    await asked.made.forget(jobUid(before.id));
    return infoOf(before, asked);
  }
}

/** The info of a job, to which pRouter adds path and agent. */
function infoOf(row: RunEntity, { session }: Asked): object {
  const { uid, name, state } = jobInfo(row, {});
  return { uid, name, state, sender: session.sender() };
}
