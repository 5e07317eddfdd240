// Times that stay true while one looks at them.
import { useEffect, useState } from 'preact/hooks';
import { duration, exact, relative } from './format.js';

/** The time now, anew so often. */
export function useNow(everyMs: number | null): number {
  const [now, change] = useState(Date.now);
  useEffect(() => {
    if (everyMs === null) return;
    const timer = setInterval(() => change(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** How long ago, with the exact time on hover. `at` is RFC 3339. */
export function Ago({ at }: { at: string }) {
  const now = useNow(10_000);
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={exact(ms)}>
      {relative(ms, now)}
    </time>
  );
}

/** How long something has been going on. */
export function Elapsed({ since }: { since: string }) {
  const now = useNow(1000);
  return <span class="number">{duration(Math.max(0, now - Date.parse(since)))}</span>;
}
