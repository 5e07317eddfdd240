// A button that opens a list of further actions.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface MenuProps {
  label: ComponentChildren;
  /** What a screen reader says of a label that is a sign. */
  name?: string;
  children: ComponentChildren;
}

/** `children` are buttons and links. */
export function Menu({ label, name, children }: MenuProps) {
  const element = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const menu = element.current;
      if (!menu?.open) return;
      if (event instanceof KeyboardEvent) {
        if (event.key !== 'Escape') return;
        menu.querySelector('summary')?.focus();
      } else if (menu.contains(event.target as Node) && !(event.target as Element).closest('.menu-items')) return;
      menu.open = false;
    };
    addEventListener('click', close);
    addEventListener('keydown', close);
    return () => {
      removeEventListener('click', close);
      removeEventListener('keydown', close);
    };
  }, []);
  return (
    <details class="menu" ref={element}>
      <summary aria-label={name}>{label}</summary>
      <div class="menu-items">{children}</div>
    </details>
  );
}
