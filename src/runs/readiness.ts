// Checks whether runs can be recorded now, for the probes of an orchestrator.
import { Injectable } from '@nestjs/common';
import { SerialWriter } from '../database/serial-writer.js';
import type { CodedError } from '../model/coded-error.js';
import { within } from '../model/within.js';

/** The longest time that a probe waits. */
const patienceMs = 2000;
const silent = 'the database does not answer';

@Injectable()
export class Readiness {
  constructor(private readonly writer: SerialWriter) {}

  /** Why the database cannot be read and written now, in one sentence; null when it can. */
  async problem(): Promise<string | null> {
    let problem: string | null = silent;
    const checked = this.writer.check().then(
      () => null,
      ({ message }: CodedError) => message,
    );
    await within(
      patienceMs,
      checked.then((found) => {
        problem = found;
      }),
    );
    return problem;
  }
}
