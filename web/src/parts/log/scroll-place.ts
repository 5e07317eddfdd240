// Which lines of a long list are shown at a place of its scroll bar, and the place of a line: browsers cannot scroll as far as a million lines.

export const rowPx = 20;
/** Firefox scrolls no further than 17 million. */
const mostPx = 15_000_000;

export interface ListSize {
  /** Of lines. */
  count: number;
  heightPx: number;
  /** How many of the last lines fill the height. */
  lastRows: number;
}

/** The line at the top, with a fraction, when the end is shown. */
export function lastTop({ count, lastRows }: ListSize): number {
  return Math.max(0, count - lastRows);
}

/** How high the content of the scrolled element is. */
export function spacePx(size: ListSize): number {
  return size.heightPx + Math.min(mostPx, lastTop(size) * rowPx);
}

/** The line at the top, with a fraction. */
export function lineAt(scrollTop: number, size: ListSize): number {
  const room = spacePx(size) - size.heightPx;
  return room <= 0 ? 0 : Math.min(1, scrollTop / room) * lastTop(size);
}

export function scrollTopOf(line: number, size: ListSize): number {
  const last = lastTop(size);
  return last === 0 ? 0 : (Math.min(line, last) / last) * (spacePx(size) - size.heightPx);
}
