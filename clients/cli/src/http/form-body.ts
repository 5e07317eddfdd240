// A body of multipart/form-data as a stream, of which no file is held in memory.
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

export interface FormPart {
  name: string;
  /** A text, or bytes that are opened when their turn comes. */
  content: string | (() => Readable);
  /** Of a file. */
  filename?: string;
  /** Of a file, where it is known. */
  bytes?: number;
}

export interface FormBody {
  contentType: string;
  /** Undefined when the length of a part is unknown. */
  length?: number;
  open: () => Readable;
}

export function formBody(parts: FormPart[]): FormBody {
  const boundary = `procreg-${randomUUID()}`;
  const heads = parts.map((part) => Buffer.from(headOf(boundary, part)));
  const end = Buffer.from(`--${boundary}--\r\n`);
  const lengths = parts.map(({ content, bytes }) => (typeof content === 'string' ? Buffer.byteLength(content) : bytes));
  const isKnown = lengths.every((length) => length !== undefined);
  const sum = (numbers: number[]) => numbers.reduce((one, other) => one + other, 0);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: isKnown ? sum(heads.map((head) => head.length + 2)) + sum(lengths as number[]) + end.length : undefined,
    open: () => Readable.from(piecesOf(parts, heads, end), { objectMode: false }),
  };
}

async function* piecesOf(parts: FormPart[], heads: Buffer[], end: Buffer): AsyncGenerator<Buffer> {
  for (const [index, { content }] of parts.entries()) {
    yield heads[index];
    if (typeof content === 'string') yield Buffer.from(content);
    else for await (const chunk of content()) yield chunk;
    yield Buffer.from('\r\n');
  }
  yield end;
}

function headOf(boundary: string, { name, filename }: FormPart): string {
  const file = filename === undefined ? '' : `; filename="${quoted(filename)}"\r\nContent-Type: application/octet-stream`;
  return `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"${file}\r\n\r\n`;
}

/** As browsers write names. */
function quoted(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
