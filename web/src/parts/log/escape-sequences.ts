// Escape sequences of terminals in text: what they say of colours, and the text without them (ECMA-48; xterm's 256 and true colours).

/** How a piece of text looks. A colour is a number of the 16, or one that CSS understands. */
export interface Look {
  color?: number | string;
  background?: number | string;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  underline?: boolean;
  struck?: boolean;
  inverse?: boolean;
}

export interface Span {
  text: string;
  look: Look;
}

export const plainLook: Look = {};
export const escapeByte = 27;

const esc = String.fromCharCode(escapeByte);
const bell = String.fromCharCode(7);
/** Control sequences, strings (titles, links), and those of two bytes. */
const sequence = new RegExp(`${esc}(?:\\[([0-?]*)[ -/]*([@-~])|[\\]PX^_][^${bell}${esc}]*(?:${bell}|${esc}\\\\)?|[ -/]*[0-~])`, 'g');

export function withoutSequences(text: string): string {
  return text.includes(esc) ? text.replace(sequence, '') : text;
}

/** The text in pieces of one look each, and the look with which the next line begins. */
export function spansOf(text: string, first: Look): { spans: Span[]; next: Look } {
  const spans: Span[] = [];
  let look = first;
  let at = 0;
  if (text.includes(esc))
    for (const { 0: whole, 1: parameters = '', 2: final, index } of text.matchAll(sequence)) {
      if (index > at) spans.push({ text: text.slice(at, index), look });
      at = index + whole.length;
      if (final === 'm') look = changed(look, parameters);
    }
  if (at < text.length) spans.push({ text: text.slice(at), look });
  return { spans, next: look };
}

const switches: Record<number, Partial<Look>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { struck: true },
  22: { bold: undefined, dim: undefined },
  23: { italic: undefined },
  24: { underline: undefined },
  27: { inverse: undefined },
  29: { struck: undefined },
  39: { color: undefined },
  49: { background: undefined },
};

function changed(look: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map(Number);
  let now = look;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at];
    if (code === 0) now = plainLook;
    else if (code === 38 || code === 48) {
      const { color, length } = extendedColor(codes, at + 1);
      now = { ...now, [code === 38 ? 'color' : 'background']: color };
      at += length;
    } else now = { ...now, ...(switches[code] ?? colorOf(code)) };
  }
  return now;
}

function colorOf(code: number): Partial<Look> {
  if (code >= 30 && code <= 37) return { color: code - 30 };
  if (code >= 90 && code <= 97) return { color: code - 82 };
  if (code >= 40 && code <= 47) return { background: code - 40 };
  if (code >= 100 && code <= 107) return { background: code - 92 };
  return {};
}

/** `5;N` is one of 256, `2;R;G;B` any. */
function extendedColor(codes: number[], at: number): { color?: number | string; length: number } {
  if (codes[at] === 2) return { color: `rgb(${codes.slice(at + 1, at + 4).join(' ')})`, length: 4 };
  const number = codes[at + 1];
  if (codes[at] !== 5 || !(number <= 255)) return { length: 2 };
  if (number < 16) return { color: number, length: 2 };
  const grey = 8 + 10 * (number - 232);
  if (number >= 232) return { color: `rgb(${grey} ${grey} ${grey})`, length: 2 };
  const level = (step: number) => (step === 0 ? 0 : 55 + 40 * step);
  const [red, green, blue] = [Math.floor((number - 16) / 36), Math.floor((number - 16) / 6) % 6, (number - 16) % 6].map(level);
  return { color: `rgb(${red} ${green} ${blue})`, length: 2 };
}

/** The index behind the sequence that begins at `at`: in bytes, for what looks through much text. */
export function endOfSequence(bytes: Uint8Array, at: number, end: number): number {
  const kind = bytes[at + 1];
  let now = at + 2;
  if (kind === 0x5b) {
    while (now < end && (bytes[now] < 0x40 || bytes[now] > 0x7e)) now++;
    return Math.min(end, now + 1);
  }
  if (kind !== 0x5d) return Math.min(end, now);
  while (now < end && bytes[now] !== 7 && bytes[now] !== escapeByte) now++;
  return Math.min(end, bytes[now] === escapeByte ? now + 2 : now + 1);
}
