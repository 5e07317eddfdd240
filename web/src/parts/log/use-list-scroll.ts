// The scrolling of a list of lines that grows: the place of the reader stays, or stays at the end.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { lastTop, lineAt, rowPx, scrollTopOf, spacePx } from './scroll-place.js';

interface Lines {
  /** The number of the first line, and the one behind the last. */
  first: number;
  end: number;
  /** About how many rows a line takes. */
  rowsOf(line: number): number;
}

/** Takes a part of a pixel for none: browsers round. */
const nearPx = 1.5;

export function useListScroll({ first, end, rowsOf }: Lines, draw: () => void) {
  const scroller = useRef<HTMLDivElement>(null);
  const rowsElement = useRef<HTMLDivElement>(null);
  /** `line`: at the top, with a fraction. `seenPx`: where that is, as far as it is known here. */
  const place = useRef({ line: 0, isFollowing: true, seenPx: 0 });
  const [heightPx, setHeight] = useState(400);
  const size = { count: end - first, heightPx, lastRows: rowsThatFit({ first, end, rowsOf }, heightPx) };
  const last = lastTop(size);
  const { current } = place;
  if (current.isFollowing) current.line = first + last;
  const top = Math.max(0, Math.min(last, current.line - first));
  const isEnd = last > 0 && top >= last - 0.01;
  const rows = Math.ceil(heightPx / rowPx) + 1;
  const from = isEnd ? Math.max(first, end - rows) : first + Math.floor(top);

  useLayoutEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => contentRect.height > 0 && setHeight(contentRect.height));
    observer.observe(scroller.current as HTMLElement);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const [outer, inner] = [scroller.current as HTMLElement, rowsElement.current as HTMLElement];
    const wanted = scrollTopOf(top, size);
    // what the reader is doing just now is told by an event that is still to come
    const isScrolling = outer.scrollTop < current.seenPx - nearPx;
    if (Math.abs(current.seenPx - wanted) > nearPx && !(isScrolling && current.isFollowing)) {
      outer.scrollTop = wanted;
      current.seenPx = outer.scrollTop;
    }
    const firstRow = inner.querySelector<HTMLElement>(`[data-line="${from}"]`);
    const shift = isEnd
      ? (inner.parentElement as HTMLElement).clientHeight - inner.offsetHeight
      : -(top - Math.floor(top)) * (firstRow?.offsetHeight ?? rowPx);
    inner.style.setProperty('--shift', `${shift}px`);
  });

  return {
    scroller,
    rowsElement,
    heightPx,
    spacePx: spacePx(size),
    from,
    to: Math.min(end, from + rows),
    isEnd,
    isFollowing: current.isFollowing,
    follow: (isFollowing: boolean) => {
      current.isFollowing = isFollowing;
      draw();
    },
    show: (line: number) => {
      Object.assign(current, { isFollowing: false, line: Math.max(first, line - heightPx / rowPx / 2) });
      draw();
    },
    scrolled: () => {
      const { scrollTop } = scroller.current as HTMLElement;
      if (Math.abs(scrollTop - current.seenPx) <= nearPx) return;
      const line = first + lineAt(scrollTop, size);
      Object.assign(current, { line, isFollowing: line >= first + last - 0.1, seenPx: scrollTop });
      draw();
    },
  };
}

function rowsThatFit({ first, end, rowsOf }: Lines, heightPx: number): number {
  let left = heightPx / rowPx;
  let count = 0;
  for (let line = end - 1; line >= first && left > 0; line--) {
    const rows = rowsOf(line);
    count += Math.min(1, left / rows);
    left -= rows;
  }
  return left > 0 ? end - first : count;
}
