// A component that is loaded when it is shown for the first time.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { BusyLine } from './busy-line.js';
import { Problem } from './problem.js';

// biome-ignore lint/suspicious/noExplicitAny: a component of any properties
type AnyComponent = ComponentType<any>;

const loaded = new Map<() => Promise<AnyComponent>, AnyComponent>();

interface LazyProps<Props> {
  load: () => Promise<ComponentType<Props>>;
  props: Props;
}

/** A server that was replaced by another version has other files: the page is then loaded anew, once. */
export function Lazy<Props extends object>({ load, props }: LazyProps<Props>) {
  const [, draw] = useState(0);
  const [error, fail] = useState<unknown>();
  const Component = loaded.get(load) as ComponentType<Props> | undefined;
  useEffect(() => {
    if (loaded.has(load)) return;
    load().then((component) => {
      loaded.set(load, component);
      draw((turn) => turn + 1);
    }, fail);
  }, [load]);
  if (Component) return <Component {...props} />;
  if (error === undefined) return <BusyLine />;
  return (
    <Problem error={error}>
      <button type="button" onClick={() => location.reload()}>
        Load the page again
      </button>
    </Problem>
  );
}
