// Tells a client what a program says while it runs: lines of its log, at most five times a second.

import type { LogStream } from '../model/log-format.js';
import { logUntil } from '../model/log-until.js';
import { readFrames } from '../model/read-frames.js';
import { logsOf } from '../runs/attempt-logs.js';
import type { RunEntity } from '../runs/run.entity.js';
import type { Runs } from '../runs/runs.js';

const pauseMs = 200;
/** Of what was said within one pause, this much is told, the newest. */
const toldCharacters = 1000;

export interface Told {
  /** The streams whose lines are told. */
  streams: LogStream[];
  /** The end of the call. */
  signal: AbortSignal;
  /** `progress` counts the lines. */
  tell: (progress: number, message: string) => void;
}

/** Resolves when the run has ended, or with the signal. */
export async function tellProgress(runs: Runs, row: RunEntity, { streams, signal, tell }: Told): Promise<void> {
  const teller = new Teller(tell);
  const rests = new Map<LogStream, string>();
  try {
    for await (const { log } of logsOf(runs, row, { follow: true, signal })) {
      for await (const { stream, bytes } of readFrames(logUntil(log, signal), { follow: true })) {
        if (!streams.includes(stream)) continue;
        const lines = ((rests.get(stream) ?? '') + bytes.toString()).split(/[\r\n]+/);
        rests.set(stream, (lines.pop() ?? '').slice(-toldCharacters));
        teller.hear(lines);
      }
    }
  } finally {
    teller.end();
  }
}

class Teller {
  private lines = 0;
  private pending: string[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly tell: (progress: number, message: string) => void) {}

  hear(lines: string[]): void {
    const said = lines.filter((line) => line.trim() !== '');
    if (said.length === 0) return;
    this.lines += said.length;
    this.pending = [...this.pending, ...said].slice(-20);
    if (!this.timer) this.flush();
  }

  /** What was said last is told, even if the pause is not over. */
  end(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (this.pending.length > 0) this.send();
  }

  private flush(): void {
    this.timer = null;
    if (this.pending.length === 0) return;
    this.send();
    this.timer = setTimeout(() => this.flush(), pauseMs);
  }

  private send(): void {
    const message = this.pending.join('\n').slice(-toldCharacters).toWellFormed();
    this.pending = [];
    this.tell(this.lines, message);
  }
}
