// Checks what callers pass to the worker: JavaScript callers, which have no compiler, get errors that name the wrong argument.
import type { Command, PurgeLimits, StopOptions } from './contract.js';
import { WorkerError } from './worker-error.js';

/** Returns a copy, so that later changes to the caller's objects have no effect. Throws `start_failed` with EINVAL. */
export function checkedCommand({ name, args = [] }: Command): { name: string; args: string[] } {
  if (!isArgument(name) || name === '') throw invalidCommand('name must be a string, not empty and without NUL');
  if (!Array.isArray(args) || !args.every(isArgument)) throw invalidCommand('args must be strings without NUL');
  return { name, args: [...args] };
}

/** Checks the owner: callers that forget the owner would share their jobs. Throws `invalid_argument`. */
export function checkedOwner(owner: string): string {
  if (typeof owner === 'string' && owner !== '') return owner;
  throw new WorkerError('invalid_argument', `owner is ${JSON.stringify(owner)}; it must be a string that is not empty`);
}

/** Milliseconds or bytes, not below 0; undefined stays what it is. Throws `invalid_argument`. */
export function checkedAmounts<Amounts extends StopOptions | PurgeLimits>(amounts: Amounts, ...names: (keyof Amounts & string)[]): Amounts {
  for (const name of names) {
    const amount: unknown = amounts[name];
    if (amount !== undefined && !(typeof amount === 'number' && amount >= 0)) {
      throw new WorkerError('invalid_argument', `${name} is ${String(amount)}; it must be a number, 0 or more`);
    }
  }
  return amounts;
}

function isArgument(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

function invalidCommand(fault: string): WorkerError {
  return new WorkerError('start_failed', `failed to start the program: EINVAL, ${fault}`, 'EINVAL');
}
