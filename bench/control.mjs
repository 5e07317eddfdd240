// The control of a bench: work that is always the same, so that a change of its time comes from the machine.
import { spreadOf, summarize } from './figures.mjs';

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

  summary() {
    const summary = summarize(this.#timesMs);
    return { what: 'a fixed loop of arithmetic between the rounds', unit: 'ms', ...summary, spread: spreadOf(summary) };
  }
}

function work() {
  let value = 1;
  for (let turn = 0; turn < turns; turn++) value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0;
  return value;
}
