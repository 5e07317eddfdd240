// Sends a signal to the program of a run.
import type { Action } from '../../parts/action.js';
import { Dialog } from '../../parts/dialog.js';
import type { Run } from './run-access.js';
import { signalRun } from './run-requests.js';

const signals = [
  ['HUP', 'often: read the configuration anew'],
  ['INT', 'as Ctrl-C'],
  ['TERM', 'please end'],
  ['KILL', 'end at once'],
  ['USR1', 'what the program means by it'],
  ['USR2', 'what the program means by it'],
  ['STOP', 'pause'],
  ['CONT', 'continue'],
];

export function SignalDialog({ run, action, close }: { run: Run; action: Action; close(): void }) {
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    const signal = String(new FormData(event.currentTarget as HTMLFormElement).get('signal'));
    close();
    void action.run(() => signalRun(run, signal));
  };
  return (
    <Dialog title="Send a signal" close={close}>
      <form class="dialog-form" onSubmit={send}>
        <label>
          Signal
          <select name="signal">
            {signals.map(([name, meaning]) => (
              <option key={name} value={name}>
                {name}: {meaning}
              </option>
            ))}
          </select>
        </label>
        <div class="actions">
          <button type="submit">Send</button>
          <button type="button" class="quiet" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
