// The query of /api/event/; each name may begin with a dash, as the server's own switches do where definitions have parameters.
import { type ChangeType, changeTypes } from '../../events/change.js';
import { shortType } from '../../events/cloud-event.js';
import { refuseUnknown } from '../../http/pages.js';
import { queryOf, type Request } from '../../http/request.js';
import { CodedError } from '../../model/coded-error.js';
import { type ResumePoint, readResumePoint } from './resume-point.js';

const names = ['after', 'run', 'type'];
/** The resume point names each of them, and comes back as a header. */
const runsBound = 16;

export interface EventQuery {
  /** Null: from now on. */
  from: ResumePoint | null;
  /** The ids of the runs whose logs are followed. */
  runs: string[];
  /** The types that begin as wanted, in their own order, so that readers who want the same are alike. */
  types: readonly ChangeType[];
}

/** Throws invalid_request. */
export function readEventQuery(request: Request): EventQuery {
  const query = queryOf(request);
  refuseUnknown(
    query,
    names.flatMap((name) => [name, `-${name}`]),
  );
  const listOf = (name: string) => [...query.getAll(name), ...query.getAll(`-${name}`)].flatMap((text) => text.split(','));
  return { from: fromOf(request, query), runs: runsOf(listOf('run')), types: typesOf(listOf('type')) };
}

/** The header goes before the query: a browser comes back to the same address, with the header. */
function fromOf({ headers }: Request, query: URLSearchParams): ResumePoint | null {
  const header = headers['last-event-id'];
  const [name, text] = header ? ['Last-Event-ID', String(header)] : ['after', query.get('after') ?? query.get('-after')];
  if (text === null) return null;
  const point = readResumePoint(text);
  if (point) return point;
  throw new CodedError('invalid_request', `${name} must be the id of an event of this stream, got '${text.slice(0, 200)}'`);
}

function runsOf(ids: string[]): string[] {
  const runs = [...new Set(ids)];
  const wrong = runs.find((id) => !/^[0-9a-f-]{36}$/.test(id));
  if (wrong !== undefined)
    throw new CodedError('invalid_request', `run must be ids of runs, separated by commas, got '${wrong.slice(0, 80)}'`);
  if (runs.length <= runsBound) return runs;
  throw new CodedError('invalid_request', `run may name at most ${runsBound} runs, got ${runs.length}`);
}

function typesOf(texts: string[]): readonly ChangeType[] {
  const starts = [...new Set(texts.map((text) => shortType(text).replace(/\.v1$/, '')))];
  const unknown = starts.find((start) => start === '' || !changeTypes.some((type) => type.startsWith(start)));
  if (unknown === undefined)
    return starts.length === 0 ? changeTypes : changeTypes.filter((type) => starts.some((start) => type.startsWith(start)));
  const known = [...new Set(changeTypes.map((type) => type.split('.')[0]))].join(', ');
  throw new CodedError('invalid_request', `type must be beginnings of types of events, such as ${known}; got '${unknown.slice(0, 80)}'`);
}
