// The line at the top while something is awaited: nothing for what takes less than a moment.
import { useEffect, useState } from 'preact/hooks';

const momentMs = 200;

export function BusyLine() {
  const [isLate, change] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => change(true), momentMs);
    return () => clearTimeout(timer);
  }, []);
  return isLate ? <div class="busy-line" role="progressbar" aria-label="Loading" /> : null;
}
