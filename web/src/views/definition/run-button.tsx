// The button of a form, above it what went wrong, and while something is sent how much of it.
import type { ComponentChildren } from 'preact';
import { bytes, counted } from '../../parts/format.js';
import { Problem } from '../../parts/problem.js';
import { href } from '../../router.js';
import type { Starting } from './use-starting.js';

interface RunButtonProps {
  starting: Starting;
  /** "Run", "Send". */
  verb: string;
  /** Undefined: nothing has been filled in. */
  clear?(): void;
  children: ComponentChildren;
}

const mod = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl';

export function RunButton({ starting, verb, clear, children }: RunButtonProps) {
  const { isBusy, error, started, cancel, progress } = starting;
  return (
    <div class="field run-button">
      <span />
      <div class="field-control">
        {error !== undefined && (
          <Problem error={error}>
            {started.length > 0 && (
              <a href={href('runs', started[0].run)}>{counted(started.length, 'run has', 'runs have')} started before</a>
            )}
          </Problem>
        )}
        <div class="actions">
          <button type="submit" disabled={isBusy}>
            {isBusy ? 'Sending…' : verb}
            <kbd>{mod} ⏎</kbd>
          </button>
          {isBusy && (
            <button type="button" class="quiet" onClick={cancel}>
              Cancel
            </button>
          )}
          {!isBusy && clear && (
            <button type="button" class="link" onClick={clear}>
              Clear
            </button>
          )}
          {children}
        </div>
        {isBusy && progress && (
          <p class="sending small muted" role="status">
            <progress value={progress.part} aria-label="Sent" />
            {progress.of > 1 && `${progress.at} of ${progress.of}, `}
            {`${bytes(progress.sentBytes)} of ${bytes(progress.allBytes)}`}
          </p>
        )}
      </div>
    </div>
  );
}
