// A selection in a log goes beyond the lines that the browser has: where it begins and ends is kept, and the copy is made from the whole text.
import { useEffect, useState } from 'preact/hooks';
import type { LogText } from './log-text.js';

interface Place {
  line: number;
  column: number;
}

interface Selected {
  from: Place;
  to: Place;
}

/** Null: nothing in the log is selected. */
export function useLogSelection(rows: { current: HTMLElement | null }): Selected | null {
  const [selected, change] = useState<Selected | null>(null);
  useEffect(() => {
    const look = () => change(selectionIn(rows.current));
    document.addEventListener('selectionchange', look);
    return () => document.removeEventListener('selectionchange', look);
  }, []);
  return selected;
}

export function copySelected(event: ClipboardEvent, text: LogText, selected: Selected | null): void {
  if (!selected || !event.clipboardData) return;
  event.clipboardData.setData('text/plain', text.textBetween(selected.from, selected.to));
  event.preventDefault();
}

function selectionIn(rows: HTMLElement | null): Selected | null {
  const selection = getSelection();
  if (!rows || !selection || selection.isCollapsed) return null;
  const ends = [placeOf(selection.anchorNode, selection.anchorOffset, rows), placeOf(selection.focusNode, selection.focusOffset, rows)];
  if (ends[0] === null || ends[1] === null) return null;
  const [from, to] = (ends as Place[]).sort((one, other) => one.line - other.line || one.column - other.column);
  return { from, to };
}

function placeOf(node: Node | null, offset: number, rows: HTMLElement): Place | null {
  const element = node instanceof Element ? node : node?.parentElement;
  const row = element?.closest<HTMLElement>('.log-row');
  if (!node || !row || !rows.contains(row)) return null;
  const range = document.createRange();
  range.selectNodeContents(row.querySelector('.log-text') as Element);
  if (range.comparePoint(node, offset) < 0) return { line: Number(row.dataset.line), column: 0 };
  if (range.comparePoint(node, offset) === 0) range.setEnd(node, offset);
  return { line: Number(row.dataset.line), column: range.toString().length };
}
