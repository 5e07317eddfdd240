// Who is attached to which run: when the last one goes away, a run that is typed to is stopped, unless its definition says `continue`.
import { Injectable } from '@nestjs/common';
import type { WebSocketConnection } from '../http/web-socket-connection.js';
import { Runs } from '../runs/runs.js';

@Injectable()
export class Attachments {
  private readonly counts = new Map<string, number>();

  constructor(private readonly runs: Runs) {}

  /** A server that stops, or takes the caller's credentials no longer, leaves the run as it leaves every other. */
  watch(runId: string, connection: WebSocketConnection): void {
    this.counts.set(runId, (this.counts.get(runId) ?? 0) + 1);
    void connection.closed.then(({ byServer }) => {
      const left = (this.counts.get(runId) ?? 1) - 1;
      if (left > 0) this.counts.set(runId, left);
      else this.counts.delete(runId);
      const run = this.runs.activeRun(runId);
      if (left === 0 && !byServer && run?.input?.interaction.stays === false) run.stop({ error: 'whoever was attached went away' });
    });
  }
}
