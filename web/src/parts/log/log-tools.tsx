// What stands above a log: its search, and how it is shown.
import type { ComponentChildren } from 'preact';
import type { LogReader } from './log-reader.js';

export interface LogOptions {
  wraps: boolean;
  showsTimes: boolean;
}

interface LogToolsProps {
  reader: LogReader;
  options: LogOptions;
  change(options: LogOptions): void;
  isFollowing: boolean;
  follow(isFollowing: boolean): void;
  /** The index of the found line that is shown, or -1. */
  current: number;
  step(by: 1 | -1): void;
  children?: ComponentChildren;
}

export function LogTools({ reader, options, change, isFollowing, follow, current, step, children }: LogToolsProps) {
  const { wraps, showsTimes } = options;
  return (
    <div class="log-tools">
      <input
        type="search"
        placeholder="Find"
        aria-label="Find in the log"
        value={reader.search?.query ?? ''}
        onInput={({ currentTarget: { value } }) => reader.find(value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
          else if (event.key === 'Escape') {
            reader.find('');
            event.currentTarget.blur();
          }
        }}
      />
      <Found reader={reader} current={current} step={step} />
      <span class="log-switches">
        <Switch name="wrap" isOn={wraps} change={(isOn) => change({ ...options, wraps: isOn })} />
        <Switch name="times" isOn={showsTimes} change={(isOn) => change({ ...options, showsTimes: isOn })} />
        <Switch name="follow" isOn={isFollowing} change={follow} />
        {children}
      </span>
    </div>
  );
}

function Found({ reader: { search }, current, step }: Pick<LogToolsProps, 'reader' | 'current' | 'step'>) {
  const count = search?.hits.length ?? 0;
  const shown = count.toLocaleString('en');
  return (
    <>
      <span class="small muted number" role="status">
        {search && (current >= 0 ? `${(current + 1).toLocaleString('en')} of ${shown}` : `${shown} ${count === 1 ? 'line' : 'lines'}`)}
        {search && !search.isDone && ' …'}
      </span>
      {count > 0 && (
        <>
          <button type="button" class="quiet small" aria-label="Previous one" onClick={() => step(-1)}>
            ↑
          </button>
          <button type="button" class="quiet small" aria-label="Next one" onClick={() => step(1)}>
            ↓
          </button>
        </>
      )}
    </>
  );
}

function Switch({ name, isOn, change }: { name: string; isOn: boolean; change(isOn: boolean): void }) {
  return (
    <label class="switch">
      <input type="checkbox" checked={isOn} onChange={({ currentTarget }) => change(currentTarget.checked)} />
      {name}
    </label>
  );
}
