// An event as JSON by CloudEvents 1.0, structured mode.
import { isoTime } from '../model/file-times.js';

const prefix = 'io.process-registry.';

/** `run.finished` as it is in an event. */
function wholeType(type: string): string {
  return `${prefix}${type}.v1`;
}

/** The type as it is in the code; also for the beginning of a type. */
export function shortType(type: string): string {
  return type.startsWith(prefix) ? type.slice(prefix.length) : type;
}

export interface CloudEvent {
  id: string;
  /** The address of the list that contains the subject, with BASE_PATH. */
  source: string;
  type: string;
  subject?: string;
  timeMs: number;
  content: { json: Record<string, unknown> } | { text: string } | { base64: string };
}

/** One line of JSON. */
export function cloudEvent({ id, source, type, subject, timeMs, content }: CloudEvent): Buffer {
  const head = { specversion: '1.0', id, source, type: wholeType(type), subject, time: isoTime(timeMs) };
  return Buffer.from(JSON.stringify({ ...head, ...contentOf(content) }));
}

function contentOf(content: CloudEvent['content']): object {
  if ('json' in content) return { datacontenttype: 'application/json', data: content.json };
  if ('text' in content) return { datacontenttype: 'text/plain; charset=utf-8', data: content.text };
  return { datacontenttype: 'application/octet-stream', data_base64: content.base64 };
}
