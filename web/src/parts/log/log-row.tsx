// One line of a log.
import { exact } from '../format.js';
import { type Look, type Span, spansOf } from './escape-sequences.js';
import type { LogLine } from './log-text.js';

interface LogRowProps {
  number: number;
  line: LogLine;
  showsTime: boolean;
  /** It is found, and shown. */
  isCurrent: boolean;
  /** It is outside of what is shown, and here because a selection begins or ends in it. */
  isAway: boolean;
}

export function LogRow({ number, line, showsTime, isCurrent, isAway }: LogRowProps) {
  const { spans } = spansOf(line.text, line.look);
  return (
    <div class={`log-row ${isAway ? 'log-away' : ''}`} data-line={number} data-kind={line.kind} data-current={isCurrent || undefined}>
      {showsTime && (
        <time class="log-time" title={exact(line.timeMs)}>
          {clock(line.timeMs)}
        </time>
      )}
      <span class="log-text">{spans.length === 0 ? '\n' : spans.map(Piece)}</span>
    </div>
  );
}

function Piece({ text, look }: Span) {
  const { color, background } = look;
  const classes = classesOf(look);
  const style = {
    color: typeof color === 'string' ? color : undefined,
    backgroundColor: typeof background === 'string' ? background : undefined,
  };
  return classes === '' && !style.color && !style.backgroundColor ? (
    text
  ) : (
    <span class={classes} style={style}>
      {text}
    </span>
  );
}

function classesOf({ color, background, ...rest }: Look): string {
  const classes = Object.entries(rest).flatMap(([name, isOn]) => (isOn ? `ansi-${name}` : []));
  if (typeof color === 'number') classes.push(`ansi-${color}`);
  if (typeof background === 'number') classes.push(`ansi-on-${background}`);
  return classes.join(' ');
}

/** 12:01:03.120, in the time of the reader. */
function clock(ms: number): string {
  return Number.isNaN(ms) ? '' : `${exact(ms).slice(11)}.${String(new Date(ms).getMilliseconds()).padStart(3, '0')}`;
}
