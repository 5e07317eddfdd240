// Ctrl-C and its like: the first signal stops the run, the second one leaves it.
import { writeSync } from 'node:fs';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class Interrupts {
  /** The first signal that came. */
  received: NodeJS.Signals | undefined;
  #onFirst: () => void = () => {};
  /** What is said before a second signal ends this process. */
  #lastWords: () => string = () => '';
  readonly #listener = (signal: NodeJS.Signals) => this.#hear(signal);

  constructor() {
    for (const signal of signals) process.on(signal, this.#listener);
  }

  /** What the first signal does; at once when it has come already. */
  onFirst(act: () => void, lastWords: () => string = () => ''): void {
    this.#onFirst = act;
    this.#lastWords = lastWords;
    if (this.received !== undefined) act();
  }

  close(): void {
    for (const signal of signals) process.off(signal, this.#listener);
  }

  #hear(signal: NodeJS.Signals): void {
    if (this.received === undefined) {
      this.received = signal;
      this.#onFirst();
      return;
    }
    this.close();
    const words = this.#lastWords();
    if (words !== '') writeSync(2, words);
    // by the signal itself: an exit would wait for a write that a slow reader holds up
    process.kill(process.pid, signal);
  }
}
