// Whether runs can be recorded now: what the probes of an orchestrator ask.
import { Injectable } from '@nestjs/common';
import { SerialWriter } from '../database/serial-writer.js';
import type { CodedError } from '../protocol/coded-error.js';

/** A probe does not wait longer. */
const patienceMs = 2000;
const silent = 'the database does not answer';

@Injectable()
export class Readiness {
  constructor(private readonly writer: SerialWriter) {}

  /** Why the database cannot be read and written now, in one sentence; null when it can. */
  async problem(): Promise<string | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(silent), patienceMs);
    });
    const checked = this.writer.check().then(
      () => null,
      ({ message }: CodedError) => message,
    );
    const problem = await Promise.race([checked, late]);
    clearTimeout(timer);
    return problem;
  }
}
