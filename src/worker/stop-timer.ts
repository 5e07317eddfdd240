// Stops one process group: the first signal, the grace period, KILL, and the timeout that begins the stop.

/** setTimeout overflows above this; a longer wait uses several timers. */
const longestTimerMs = 2 ** 31 - 1;

/** Calls `act` after `delayMs` of monotonic time, however long; returns a function that cancels the call. */
function after(delayMs: number, act: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (restMs: number) => {
    timer = setTimeout(() => (restMs > longestTimerMs ? wait(restMs - longestTimerMs) : act()), Math.min(restMs, longestTimerMs));
  };
  wait(delayMs);
  return () => clearTimeout(timer);
}

export class StopTimer {
  timedOut = false;
  /** Called at the first signal. */
  onStopping: () => void = () => {};
  private stopping = false;
  over = false;
  private calledOff: (() => void)[] = [];

  /** `kill` sends a signal to the whole group. */
  constructor(
    private readonly kill: (signal: string) => void,
    private readonly by: { stopSignal: string; graceMs: number },
  ) {}

  startTimeout(timeoutMs: number): void {
    if (timeoutMs === 0) return;
    const expire = () => {
      this.timedOut = !this.stopping;
      this.stop({});
    };
    this.calledOff.push(after(timeoutMs, expire));
  }

  /** Sends nothing once the group's leader is gone: its number may belong to another process by then. */
  stop(how: { signal?: string; graceMs?: number }): void {
    if (this.over) return;
    this.stopping = true;
    this.onStopping();
    this.kill(how.signal ?? this.by.stopSignal);
    this.calledOff.push(after(how.graceMs ?? this.by.graceMs, () => this.kill('SIGKILL')));
  }

  callOff(): void {
    this.over = true;
    for (const callOff of this.calledOff) callOff();
  }
}
