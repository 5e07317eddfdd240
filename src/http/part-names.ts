// Decides which name a part of multipart/form-data has where its header can be read in several ways.
import { isUtf8 } from 'node:buffer';
import type { EventEmitter } from 'node:events';
import type { BusboyInstance } from '@fastify/busboy';

/** The headers of one part: bytes as characters. */
type PartHeaders = Record<string, string[] | undefined>;

/**
 * Busboy reads every name as UTF-8, and loses bytes that are not; of `filename` and `filename*` it takes the one that comes first or
 * last, depending on the case. Busboy has no option for either, so each header is mended before busboy reads it: a name that is not UTF-8 is
 * read as ISO 8859-1, as in HTTP, and `filename*` is preferred to `filename` (RFC 6266 section 4.3).
 */
export function mendNames(busboy: BusboyInstance): void {
  const { parser } = (busboy as unknown as { _parser: { parser: EventEmitter } })._parser;
  parser.prependListener('part', (part: EventEmitter) => {
    part.on('header', (headers: PartHeaders) => {
      const name = 'content-disposition';
      headers[name] = headers[name]?.map(mended);
    });
  });
}

function mended(header: string): string {
  const text = isUtf8(Buffer.from(header, 'latin1')) ? header : Buffer.from(header).toString('latin1');
  return /;\s*filename\*\s*=/i.test(text) ? text.replace(/;\s*filename\s*=\s*("(?:\\.|[^"\\])*"|[^;]*)/i, '') : text;
}
