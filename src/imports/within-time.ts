// Ends a calculation that takes too long: a text may be made so that a regular expression takes hours for it.
import { Script } from 'node:vm';
import { Refused } from './imported.js';

const call = new Script('globalThis.__imported()');
const holder = globalThis as { __imported?: () => void };

/** The result of `work`, which must be synchronous; throws Refused after `ms`. */
export function withinTime<Result>(ms: number, work: () => Result): Result {
  let result: { value: Result } | undefined;
  holder.__imported = () => {
    result = { value: work() };
  };
  try {
    call.runInThisContext({ timeout: ms });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new Refused(`it takes more than ${ms} ms to read`);
    throw error;
  } finally {
    delete holder.__imported;
  }
  return (result as { value: Result }).value;
}
