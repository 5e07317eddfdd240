// The text of a header that may be beyond ASCII.
import { isUtf8 } from 'node:buffer';

/** Node gives the bytes of a header as characters: they are read as UTF-8 if they can be, else as ISO 8859-1, as in HTTP. */
export function headerText(header: string): string {
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : header;
}
