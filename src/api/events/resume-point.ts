// Where a reader continues: after which event, and where in the log of each run that it follows.
import { endId } from '../../run-http/event-ids.js';

export interface ResumePoint {
  /** The server whose events are counted. */
  server: string;
  number: number;
  /** By the ids of runs: the id of the next event of the log, or `end` after its end. */
  logs: LogPoints;
}

export type LogPoints = Map<string, number | typeof endId>;

const runId = '[0-9a-f-]{36}';
const form = new RegExp(`^([0-9a-f]{16})-(\\d{1,15})((?:;${runId}:(?:\\d{1,16}|${endId}))*)$`);

/** Null: the text is not a resume point. */
export function readResumePoint(text: string): ResumePoint | null {
  const [, server, number, logs] = form.exec(text) ?? [];
  if (server === undefined) return null;
  const points = logs.split(';').slice(1);
  const pointOf = (text: string) => (text === endId ? endId : Number(text));
  return { server, number: Number(number), logs: new Map(points.map((point) => [point.slice(0, 36), pointOf(point.slice(37))])) };
}

export function resumeText({ server, number, logs }: ResumePoint): string {
  return [...logs].reduce((text, [id, point]) => joinPoint(text, id, point), `${server}-${number}`);
}

/** The point with the log of one more run. */
export function joinPoint(text: string, id: string, point: number | typeof endId): string {
  return `${text};${id}:${point}`;
}
