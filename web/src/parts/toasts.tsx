// Short notices at the edge of the page: for what has happened elsewhere, and for what an action has done that one does not see.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

interface Toast {
  id: number;
  content: ComponentChildren;
}

const shownMs = 6000;
let toasts: Toast[] = [];
let last = 0;
let changed: () => void = () => {};

export function toast(content: ComponentChildren): void {
  const id = ++last;
  toasts = [...toasts.slice(-2), { id, content }];
  changed();
  setTimeout(() => {
    toasts = toasts.filter((one) => one.id !== id);
    changed();
  }, shownMs);
}

export function Toasts() {
  const [, draw] = useState(0);
  useEffect(() => {
    changed = () => draw((turn) => turn + 1);
  }, []);
  return (
    <div class="toasts" role="status">
      {toasts.map(({ id, content }) => (
        <div class="toast" key={id}>
          {content}
        </div>
      ))}
    </div>
  );
}
