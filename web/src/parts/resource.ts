// Something that a view shows of the server: read when the view opens, and again whenever it has changed there.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ApiError } from '../api/client.js';
import { type LiveEvent, onEvents } from '../api/live.js';

export interface Resource<Value> {
  /** Undefined: not read yet. While it is read again, the former value stays. */
  value?: Value;
  error?: ApiError;
  reload(): void;
}

/** The last values, so that a view which is opened again is there at once. */
const kept = new Map<string, unknown>();
const mostKept = 100;
/** Changes that come within this time are one; and so long lies between two readings, so that many open pages cost little where much happens. */
const [settleMs, apartMs] = [150, 1000];

/**
 * `key` names what is read (null: nothing yet); `read` is called again when it changes, and when an event comes for which `isChanged` is
 * true. After a gap in the events everything is read again.
 */
export function useResource<Value>(
  key: string | null,
  read: (signal: AbortSignal) => Promise<Value>,
  isChanged: (event: LiveEvent) => boolean = () => false,
): Resource<Value> {
  const [state, change] = useState<{ key: string | null; value?: Value; error?: ApiError }>({ key: null });
  const [turn, setTurn] = useState(0);
  const latest = useRef({ read, isChanged });
  latest.current = { read, isChanged };
  const reload = useCallback(() => setTurn((last) => last + 1), []);

  useEffect(() => {
    if (key === null) return;
    const left = new AbortController();
    latest.current.read(left.signal).then(
      (value) => {
        if (left.signal.aborted) return;
        keep(key, value);
        change({ key, value });
      },
      (error) => !left.signal.aborted && change((last) => ({ key, value: last.key === key ? last.value : undefined, error })),
    );
    return () => left.abort();
  }, [key, turn]);

  useEffect(() => {
    const later = new Later(reload);
    const stop = onEvents((events) => {
      if (events.some((event) => isGap(event) || latest.current.isChanged(event))) later.call();
    });
    return () => {
      stop();
      later.end();
    };
  }, []);

  const value = state.key === key ? state.value : undefined;
  const former = key === null ? undefined : (kept.get(key) as Value | undefined);
  return { value: value ?? former, error: state.key === key ? state.error : undefined, reload };
}

/** Calls once for all that has changed meanwhile; in a tab that nobody sees, when it is seen again. */
class Later {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastMs = 0;
  private isMissed = false;

  constructor(private readonly act: () => void) {
    document.addEventListener('visibilitychange', this.seen);
  }

  call(): void {
    this.isMissed = document.hidden;
    if (this.isMissed) return;
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined;
        this.lastMs = Date.now();
        this.act();
      },
      Math.max(settleMs, this.lastMs + apartMs - Date.now()),
    );
  }

  end(): void {
    clearTimeout(this.timer);
    document.removeEventListener('visibilitychange', this.seen);
  }

  private readonly seen = (): void => {
    if (this.isMissed) this.call();
  };
}

function isGap({ type }: LiveEvent): boolean {
  return type === 'events.lost' || type === 'events.opened';
}

function keep(key: string, value: unknown): void {
  kept.delete(key);
  kept.set(key, value);
  if (kept.size > mostKept) kept.delete(kept.keys().next().value as string);
}

/** Nothing of one user is shown to the next one. */
export function forgetResources(): void {
  kept.clear();
}
