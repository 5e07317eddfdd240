// After the start: keeps the compiled code for the next start, and gives back the memory that only the start has used.
import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The first requests come before. */
const afterMs = 3000;

/** V8 collects garbage when memory is used: an idle server would keep that of its start, some 17 MB, for good. */
export function settleMemory(): void {
  const settle = () => {
    flushCompileCache();
    setFlagsFromString('--expose-gc');
    // the flavor that also makes the heap smaller
    (runInNewContext('gc') as (how: object) => void)({ type: 'major', flavor: 'last-resort' });
    setFlagsFromString('--no-expose-gc');
  };
  setTimeout(settle, afterMs).unref();
}
