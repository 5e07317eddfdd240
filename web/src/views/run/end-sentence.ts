// Why a run has ended, as a sentence.
import type { Schemas } from '../../api/client.js';
import { duration } from '../../parts/format.js';

type End = Pick<Schemas['RunBody'], 'end_reason' | 'exit_code' | 'signal' | 'success' | 'duration_ms'>;

export function endSentence({ end_reason, exit_code, signal, success, duration_ms }: End): string {
  const after = duration_ms === null ? '' : ` after ${duration(duration_ms)}`;
  switch (end_reason) {
    case 'exit':
      return success ? `Succeeded${after}` : `Ended with exit code ${exit_code}${after}`;
    case 'signal':
      return `Ended by the signal ${signal}${after}`;
    case 'timeout':
      return `Ran longer than it may, and was ended${after}`;
    case 'stop':
      return `Stopped${after}`;
    case 'output_limit':
      return `Wrote more than it may, and was ended${after}`;
    case 'memory_limit':
      return `Needed more memory than it may, and was ended${after}`;
    case 'cpu_limit':
      return `Needed more processor time than it may, and was ended${after}`;
    case 'file_size_limit':
      return `Wrote a larger file than it may, and was ended${after}`;
    case 'input_error':
      return `Its message could not be delivered${after}`;
    case 'output_error':
      return `Its output could not be stored${after}`;
    case 'spawn_error':
      return 'The program could not be started';
    case 'cancelled':
      return 'Cancelled before it started';
    case 'lost':
      return 'Nobody knows how it ended: it was lost when the machine or the launcher went down';
    default:
      return `Ended${after}`;
  }
}
