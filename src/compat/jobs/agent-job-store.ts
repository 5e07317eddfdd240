// The jobs created by routers on this server: they end with the connection over which they were created, or at the next start.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { Runs } from '../../runs/runs.js';
import { AgentNetwork } from './agent-identity.js';
import { runIdOf } from './job-info.js';
import { Jobs } from './jobs.js';

/** The user in whose name the jobs created by routers end. */
const remover = { userId: 0, username: 'the connection, which is over', role: 'admin' as const };

@Injectable()
export class AgentJobStore {
  private readonly logger = new Logger('jobs');
  private readonly folder: string;

  constructor(
    private readonly jobs: Jobs,
    private readonly runs: Runs,
    network: AgentNetwork,
  ) {
    this.folder = network.folder;
  }

  /** Records the job before anybody learns of it. */
  async keep(uid: string): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFile(join(this.folder, uid), '', { mode: 0o600 });
  }

  async forget(uid: string): Promise<void> {
    await rm(join(this.folder, uid), { force: true });
  }

  /** Removes all jobs created over connections: at a start those of an earlier server, at the end those of this server. */
  async removeAll(): Promise<void> {
    const uids = await readdir(this.folder).catch(() => []);
    await Promise.all(uids.map((uid) => this.remove(uid)));
  }

  /** Kills the job, and removes all that it has left. Never rejects. */
  async remove(uid: string): Promise<void> {
    try {
      const row = await this.runs.recorded(runIdOf(uid) ?? uid);
      if (row && row.jobName !== null) await this.jobs.remove(remover, row);
      await this.forget(uid);
    } catch (error) {
      this.logger.error(`the job ${uid}, whose connection is over, could not be removed: ${(error as Error).message}`);
    }
  }
}

/** The jobs of one connection. */
export class ConnectionJobs {
  private readonly uids = new Set<string>();
  private isOver = false;

  constructor(
    private readonly routed: AgentJobStore,
    closed: Promise<unknown>,
  ) {
    void closed.then(() => {
      this.isOver = true;
      for (const uid of this.uids) void routed.remove(uid);
    });
  }

  get count(): number {
    return this.uids.size;
  }

  /** Adds a job before anybody learns of it. */
  async add(uid: string): Promise<void> {
    this.uids.add(uid);
    await this.routed.keep(uid);
    if (this.isOver) await this.routed.remove(uid);
  }

  async forget(uid: string): Promise<void> {
    this.uids.delete(uid);
    await this.routed.forget(uid);
  }
}
