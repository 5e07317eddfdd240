// The header Warning: remarks about a request that has succeeded, in the form that the API servers of Kubernetes use.
import type { FastifyReply } from 'fastify';

const listed = 20;
const bytesBound = 4096;

/** Adds a line `299 - "text"` for each text; after 20 lines or 4 KiB the last one says how many are left out. */
export function addWarnings(reply: FastifyReply, texts: string[], more = 0): void {
  const lines: string[] = [];
  let bytes = 0;
  for (const text of texts.slice(0, listed)) {
    const line = warning(text);
    bytes += line.length;
    if (bytes > bytesBound) break;
    lines.push(line);
  }
  const left = texts.length - lines.length + more;
  if (left > 0) lines.push(warning(`and ${left} more`));
  if (lines.length > 0) void reply.header('warning', lines);
}

/** A quoted string of printable ASCII; all other characters are percent-encoded. */
function warning(text: string): string {
  const ascii = text.toWellFormed().replaceAll(/[^\x20-\x7e]/gu, encodeURIComponent);
  return `299 - "${ascii.replaceAll(/["\\]/g, '\\$&')}"`;
}
