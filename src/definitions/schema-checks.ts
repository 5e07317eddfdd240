// The checks with users' JSON Schemas that are not small: one by one in a worker thread, in turn for each user.
import { CodedError } from '../model/coded-error.js';
import { CheckThread, type TaskEnd } from './check-thread.js';
import type { SchemaTask } from './schema-thread.js';

/** The limit of processor time for compiling a schema. */
const compileMs = 1000;
const checkMs = 250;
/** How many checks of one user may wait; a second bound counts their characters. */
const waitingBound = 1000;
const lengthBound = 32 * 2 ** 20;

interface Waiting extends SchemaTask {
  resolve: (end: SchemaEnd) => void;
  reject: (error: unknown) => void;
}

/** `fault`: why the check was given up, as the end of a sentence that begins with the schema. */
export type SchemaEnd = Exclude<TaskEnd, string>;

class SchemaChecks {
  private readonly thread = new CheckThread();
  /** The waiting checks by user; the user whose turn it is comes first. */
  private readonly waiting = new Map<number, Waiting[]>();
  private busy = false;

  /** Throws too_many_checks. */
  run(user: number, task: SchemaTask): Promise<SchemaEnd> {
    const own = this.waiting.get(user) ?? [];
    const length = own.reduce((sum, one) => sum + lengthOf(one), lengthOf(task));
    if (own.length >= waitingBound || length > lengthBound)
      throw new CodedError('too_many_checks', `${own.length} of your checks are already waiting; try again in 1 s`, {
        retryAfterSeconds: 1,
      });
    return new Promise((resolve, reject) => {
      this.waiting.set(user, [...own, { ...task, resolve, reject }]);
      if (!this.busy) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.busy = true;
    for (let next = this.take(); next; next = this.take()) await this.check(next).then(next.resolve, next.reject);
    this.busy = false;
  }

  /** The oldest check of the user whose turn it is. */
  private take(): Waiting | undefined {
    for (const [user, [next, ...others]] of this.waiting) {
      this.waiting.delete(user);
      if (others.length > 0) this.waiting.set(user, others);
      return next;
    }
    return undefined;
  }

  private async check({ schema, value }: SchemaTask): Promise<SchemaEnd> {
    const compiled = await this.thread.run({ schema }, compileMs);
    if (compiled === 'time') return { fault: `takes more than ${compileMs} ms to compile` };
    if (compiled === 'memory') return { fault: 'takes too much memory to compile' };
    if (value === undefined || 'fault' in compiled) return compiled;
    const end = await this.thread.run({ schema, value }, checkMs);
    if (end === 'time') return { fault: `takes more than ${checkMs} ms to check these values` };
    return end === 'memory' ? { fault: 'takes too much memory to check these values' } : end;
  }
}

function lengthOf({ schema, value = '' }: SchemaTask): number {
  return schema.length + value.length;
}

export const schemaChecks = new SchemaChecks();
