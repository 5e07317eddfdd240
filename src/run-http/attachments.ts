// Tracks the clients that are attached to runs: when the last one goes away, an interactive run is stopped, unless its definition says `continue`.
import { Injectable } from '@nestjs/common';
import type { WebSocketConnection } from '../http/web-socket-connection.js';
import { Runs } from '../runs/runs.js';

@Injectable()
export class Attachments {
  private readonly counts = new Map<string, number>();

  constructor(private readonly runs: Runs) {}

  /** When the server closes the connection, because it stops or the credentials were revoked, the run is not stopped. */
  watch(runId: string, connection: WebSocketConnection): void {
    this.counts.set(runId, (this.counts.get(runId) ?? 0) + 1);
    void connection.closed.then(({ byServer }) => {
      const left = (this.counts.get(runId) ?? 1) - 1;
      if (left > 0) this.counts.set(runId, left);
      else this.counts.delete(runId);
      const run = this.runs.activeRun(runId);
      if (left === 0 && !byServer && run?.input?.interaction.stays === false) run.stop({ error: 'the attached client went away' });
    });
  }
}
