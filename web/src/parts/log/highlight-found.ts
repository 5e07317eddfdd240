// Marks what was searched in the lines that are shown, without a change of the document (CSS Custom Highlight API).

const name = 'found';

export function highlightFound(rows: HTMLElement, query: string): void {
  if (!('highlights' in CSS)) return;
  CSS.highlights.delete(name);
  if (query === '') return;
  const ranges = [...rows.querySelectorAll('.log-text')].flatMap((text) => rangesIn(text, query.toLowerCase()));
  if (ranges.length > 0) CSS.highlights.set(name, new Highlight(...ranges));
}

function rangesIn(element: Element, query: string): Range[] {
  const text = (element.textContent ?? '').toLowerCase();
  const ranges: Range[] = [];
  for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, at + query.length)) {
    const range = document.createRange();
    range.setStart(...nodeAt(element, at));
    range.setEnd(...nodeAt(element, at + query.length));
    ranges.push(range);
  }
  return ranges;
}

function nodeAt(element: Element, column: number): [node: Node, offset: number] {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let left = column;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const { length } = node as Text;
    if (left <= length) return [node, left];
    left -= length;
  }
  return [element, 0];
}
