// The control of a bench: work that is always the same, so that a change of its time is the machine's.
import { summarize } from './figures.mjs';

const turns = 100_000_000;

export class Control {
  #timesMs = [];

  constructor() {
    for (let run = 0; run < 3; run++) work();
  }

  time() {
    const startMs = performance.now();
    work();
    this.#timesMs.push(performance.now() - startMs);
  }

  /** Milliseconds; `spread` is how far apart they lie, as a part of the median. */
  summary() {
    const summary = summarize(this.#timesMs);
    return { ...summary, spread: (summary.max - summary.min) / summary.median };
  }
}

function work() {
  let value = 1;
  for (let turn = 0; turn < turns; turn++) value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0;
  return value;
}
