// Reads the Accept header (RFC 9110, section 12.5.1): which media types the caller wants, and how much.

interface MediaRange {
  /** In lower case, without its parameters; may be a wildcard. */
  type: string;
  /** From 0, not wanted, to 1. */
  quality: number;
}

/** A comma and a semicolon may also stand in a quoted parameter. */
const listItem = /(?:[^,"]|"(?:\\.|[^"\\])*"?)+/g;
const parameter = /(?:[^;"]|"(?:\\.|[^"\\])*"?)+/g;

function mediaRanges(accept: string | undefined): MediaRange[] {
  return (accept?.match(listItem) ?? []).map((item) => {
    const [type = '', ...parameters] = (item.match(parameter) ?? []).map((one) => one.trim().toLowerCase());
    return { type, quality: qualityOf(parameters) };
  });
}

/** A missing or malformed weight is 1. */
function qualityOf(parameters: string[]): number {
  const weight = parameters.map((one) => /^q\s*=\s*(\d+(?:\.\d*)?|\.\d+)$/.exec(one)?.[1]).find((one) => one !== undefined);
  return Number(weight ?? 1);
}

/** Whether the header names this type itself, and prefers no other type or wildcard to it. */
export function prefers(accept: string | undefined, type: string): boolean {
  const ranges = mediaRanges(accept);
  const quality = Math.max(0, ...ranges.filter((one) => one.type === type).map((one) => one.quality));
  return quality > 0 && ranges.every((one) => one.quality <= quality);
}

/** The wanted types and wildcards, the most wanted first; equal ones in the order of the header. */
export function wantedTypes(accept: string | undefined): string[] {
  const wanted = mediaRanges(accept).filter(({ quality }) => quality > 0);
  return wanted.sort((one, other) => other.quality - one.quality).map(({ type }) => type);
}
