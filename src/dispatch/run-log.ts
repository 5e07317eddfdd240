// The life of runs in the server's log: of services at info, of all others at debug, each line with the id of the run.
import { Logger } from '@nestjs/common';
import { isService } from '../model/definition.js';
import type { RunEvent } from '../model/run-event.js';
import type { RunTask } from '../model/run-task.js';
import type { RunObserver } from './observed-dispatcher.js';

export class RunLog implements RunObserver {
  private readonly logger = new Logger('runs');

  /** `everyRun`: the log has lines at debug. */
  constructor(private readonly everyRun: boolean) {}

  watch(task: RunTask): RunTask {
    const { order, attempt, former } = task;
    const service = isService(order.definition);
    if (!service && !this.everyRun) return task;
    const say = (words: string) => this.logger[service ? 'log' : 'debug'](`${service ? 'service' : 'run'} ${order.runId} ${words}`);
    const definition = order.definitionId === null ? '' : ` definition=${order.definitionId}`;
    say(`${former ? 'taken over' : 'queued'} attempt=${attempt} lane=${order.lane}${definition}`);
    const emit = (event: RunEvent) => {
      const words = wordsOf(event);
      if (words) say(words);
      return task.emit(event);
    };
    return { ...task, emit };
  }
}

/** Undefined for an event that is not a step of a run's life. */
function wordsOf(event: RunEvent): string | undefined {
  if (event.type === 'started') return `started pid=${event.pid} isolation=${event.isolation}`;
  if (event.type === 'found' || event.type === 'stopping' || event.type === 'ready') return event.type;
  if (event.type !== 'finished') return undefined;
  const { endReason, exitCode, signal, startedAtMs, finishedAtMs } = event.result;
  const how = exitCode !== null ? ` exit=${exitCode}` : signal !== null ? ` signal=${signal}` : '';
  return `finished reason=${endReason}${how}${startedAtMs === null ? '' : ` duration=${finishedAtMs - startedAtMs}ms`}`;
}
