// What a view shows of a resource: the line of waiting, the error, or the value.
import type { ComponentChildren } from 'preact';
import { BusyLine } from './busy-line.js';
import { Problem } from './problem.js';
import type { Resource } from './resource.js';

interface LoadedProps<Value> {
  resource: Resource<Value>;
  children: (value: Value) => ComponentChildren;
}

export function Loaded<Value>({ resource: { value, error, reload }, children }: LoadedProps<Value>) {
  if (value === undefined && !error) return <BusyLine />;
  return (
    <>
      {error && (
        <Problem error={error}>
          <button type="button" onClick={reload}>
            Try again
          </button>
        </Problem>
      )}
      {value !== undefined && children(value)}
    </>
  );
}
