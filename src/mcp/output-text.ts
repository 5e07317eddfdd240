// Which outputs are texts, and their first bytes.
import type { OutputPlace, Outputs } from '../results/outputs.js';

const textTypes = /^(text\/.*|application\/(([\w.-]+\+)?(json|xml|yaml)|x-ndjson|javascript|x-sh|x-yaml|toml|sql)|image\/svg\+xml)$/;

/** Without its parameters. */
export function plainTypeOf(type: string | null): string {
  return (type ?? 'application/octet-stream').split(';')[0].trim().toLowerCase();
}

/** `type` has no parameters. */
export function isTextType(type: string): boolean {
  return textTypes.test(type);
}

/** The first bytes of an output, at most `bound`. Throws output_gone. */
export async function readStart(outputs: Outputs, place: OutputPlace, bound: number): Promise<Buffer> {
  outputs.check(place);
  const length = Math.min(bound, place.bytes);
  if (length === 0) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  for await (const chunk of await outputs.open(place, { range: { start: 0, end: length - 1 } })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
