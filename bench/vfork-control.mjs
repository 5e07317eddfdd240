// The control of the bench `runs`, and its ceiling: a bare vfork loop in C that starts the same program, without a server.
import { spreadOf, summarize } from './figures.mjs';
import { figuresOf } from './load.mjs';
import { compile } from './programs.mjs';
import { cwdAndEnvironment } from './servers.mjs';

export class VforkControl {
  /** The times of the control, one entry for each measurement. */
  rounds = [];
  #inFlight;
  #run;

  constructor(how) {
    const { scratch, program, inFlight, seconds } = how;
    this.how = how;
    const loop = compile('vfork-loop', scratch);
    this.#inFlight = inFlight;
    this.#run = () => scratch.run([loop, program, String(inFlight), String(seconds)], cwdAndEnvironment(scratch));
  }

  async time() {
    const { requests, ownCpuUs, childCpuUs, ...figures } = figuresOf(await this.#run());
    this.rounds.push({
      ...figures,
      cpuUsPerRequest: ownCpuUs / requests,
      ownCpuUsPerRequest: ownCpuUs / requests,
      treeCpuUsPerRequest: (ownCpuUs + childCpuUs) / requests,
    });
  }

  summary() {
    const summary = summarize(this.rounds.map(({ perSecond }) => perSecond));
    const what = `a bare vfork loop between the rounds, ${this.#inFlight} in flight`;
    return { what, unit: 'runs/s', ...summary, spread: spreadOf(summary) };
  }
}
