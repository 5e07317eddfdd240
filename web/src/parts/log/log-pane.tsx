// A log as one reads it: the lines at the place of the scroll bar, live, found, selected and copied.
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { useKeys } from '../keys.js';
import { highlightFound } from './highlight-found.js';
import './ansi.css';
import './log.css';
import type { LogReader } from './log-reader.js';
import { LogRow } from './log-row.js';
import { copySelected, useLogSelection } from './log-selection.js';
import { type LogOptions, LogTools } from './log-tools.js';
import { useListScroll } from './use-list-scroll.js';

/** Of 13 px. */
const letterPx = 7.8;
/** As they were chosen last. */
let chosen: LogOptions = { wraps: true, showsTimes: false };

/** `children`: what can be done with the log besides. */
export function LogPane({ reader, children }: { reader: LogReader; children?: ComponentChildren }) {
  const draw = useDrawing(reader);
  const [options, setOptions] = useState(chosen);
  const [current, setCurrent] = useState(-1);
  const { text, search } = reader;
  const columns = Math.max(20, (innerWidth - 260) / letterPx);
  const rowsOf = (line: number) => (options.wraps ? Math.max(1, Math.ceil(text.widthOf(line) / columns)) : 1);
  const list = useListScroll({ first: text.first, end: text.shownEnd, rowsOf }, draw);
  const selected = useLogSelection(list.rowsElement);
  useKeys({ f: { what: 'Follow the log, or stop following', run: () => list.follow(!list.isFollowing) } });
  useEffect(() => setCurrent(-1), [search]);
  useLayoutEffect(() => highlightFound(list.rowsElement.current as HTMLElement, search?.query ?? ''));
  const step = (by: 1 | -1) => {
    if (!search || search.hits.length === 0) return;
    const next = search.indexFrom(search.hits[current] ?? list.from - by, by);
    setCurrent(next);
    list.show(search.hits[next]);
  };
  const change = (next: LogOptions) => {
    chosen = next;
    setOptions(next);
  };
  return (
    <div class="log">
      <LogTools {...{ reader, options, change, current, step }} isFollowing={list.isFollowing} follow={list.follow}>
        {children}
      </LogTools>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section class="log-scroller" ref={list.scroller} tabIndex={0} aria-label="Lines of the log" onScroll={list.scrolled}>
        <div style={{ height: `${list.spacePx}px` }}>
          <div class="log-window" style={{ height: `${list.heightPx}px` }}>
            <div
              class={`log-rows ${options.wraps ? 'log-wraps' : ''}`}
              ref={list.rowsElement}
              onCopy={(event) => copySelected(event, text, selected)}
            >
              {numbersOf(list.from, list.to, selected).map((number) => (
                <LogRow
                  key={number}
                  number={number}
                  line={text.line(number)}
                  showsTime={options.showsTimes}
                  isCurrent={current >= 0 && search?.hits[current] === number}
                  isAway={number < list.from || number >= list.to}
                />
              ))}
            </div>
          </div>
        </div>
      </section>
      <Remark reader={reader} />
    </div>
  );
}

/** The lines that are shown, and those where a selection begins and ends: it lasts as long as they are there. */
function numbersOf(from: number, to: number, selected: ReturnType<typeof useLogSelection>): number[] {
  const numbers = Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
  const away = selected ? [selected.from.line, selected.to.line].filter((line) => line < from || line >= to) : [];
  return [...new Set([...numbers, ...away])].sort((one, other) => one - other);
}

function Remark({ reader: { text, hasEnded, isRefused } }: { reader: LogReader }) {
  if (isRefused) return <p class="muted small">The log of this run cannot be read.</p>;
  if (text.first > 0)
    return <p class="muted small">The first {text.first.toLocaleString('en')} lines are not shown; the download has all of them.</p>;
  if (text.shownEnd > 0) return null;
  return <p class="muted small">{hasEnded ? 'The program has written nothing.' : 'Nothing yet: what the program writes appears here.'}</p>;
}

/** At most once for each frame. */
function useDrawing(reader: LogReader): () => void {
  const [, turn] = useState(0);
  const draw = () => turn((last) => last + 1);
  useEffect(() => {
    let frame = 0;
    const stop = reader.onChange(() => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        draw();
      });
    });
    draw();
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [reader]);
  return draw;
}
