// What a request may ask of a job, on this server or on another machine.
import type { Readable } from 'node:stream';
import type { Reply, Request } from '../../http/request.js';
import type { RunEntity } from '../../runs/run.entity.js';
import type { JobStart } from './job-bodies.js';
import type { JobInfo } from './job-info.js';
import type { Messages } from './messages.js';
import type { ReachedAt } from './port-registration.js';

export interface ArchiveWish {
  include: string[];
  exclude: string[];
  compress: boolean;
}

/** Bytes on their way to the caller. */
export interface JobContent {
  /** Undefined: the content may still grow. */
  bytes?: number;
  content: Readable | Buffer;
  /** Called once the answer was sent. */
  sent?: () => Promise<void>;
}

export interface JobHost {
  info(): Promise<JobInfo>;

  /** Resolves when the program runs and has reported its port, if one is expected. Throws StartFailed. */
  start(start: JobStart, reachedAt: ReachedAt): Promise<JobInfo>;

  /** Resolves at the job's end, or when `gone` is aborted because nobody waits any more. */
  wait(gone: AbortSignal): Promise<JobInfo>;

  /** Kills the job and removes all that it has left; returns the job as it was before. */
  remove(): Promise<JobInfo>;

  /** `headOnly`: the caller does not read the content. */
  readFile(path: string, how: { remove: boolean; headOnly: boolean }): Promise<JobContent>;

  /** `content` is called once the file may be written. */
  writeFile(path: string, file: { content: () => Readable; executable: boolean }): Promise<void>;

  /** The files as a tar or a tar.gz. */
  readArchive(wish: ArchiveWish): Promise<JobContent>;

  writeArchive(content: () => Readable): Promise<void>;

  /** Answers with what the job's program answers. Throws port_gone, port_not_ready, upgrade_refused, agent_failed. */
  forward(request: Request, reply: Reply): Promise<void>;

  /** Opens a WebSocket of the job's program. */
  openWebSocket(request: Request): Promise<Messages>;
}

/** The program of a job of this server was started and has failed: the record says how. */
export class StartFailed extends Error {
  constructor(readonly row: RunEntity) {
    super('the job has failed');
  }
}
