// Rows of a CSV file (RFC 4180), also with semicolons or tabs between the cells.

/** At most `most` rows. */
export function csvRows(text: string, most: number): string[][] {
  const separator = separatorOf(text);
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length && rows.length < most; ) {
    const { cell, end } = text[at] === '"' ? quoted(text, at) : plain(text, at, separator);
    row.push(cell);
    at = end;
    const isEnd = text[at] !== separator;
    if (text[at] === '\r') at++;
    at++;
    if (!isEnd && at < text.length) continue;
    if (!isEnd) row.push('');
    rows.push(row);
    row = [];
  }
  return rows;
}

function separatorOf(text: string): string {
  const head = text.slice(0, text.search(/[\r\n]|$/));
  const counted = [',', ';', '\t'].map((one) => ({ one, count: head.split(one).length }));
  return counted.reduce((best, now) => (now.count > best.count ? now : best)).one;
}

function plain(text: string, at: number, separator: string): { cell: string; end: number } {
  let end = at;
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++;
  return { cell: text.slice(at, end), end };
}

function quoted(text: string, at: number): { cell: string; end: number } {
  let cell = '';
  for (let from = at + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return { cell: cell + text.slice(from), end: text.length };
    cell += text.slice(from, quote);
    if (text[quote + 1] !== '"') return { cell, end: quote + 1 };
    cell += '"';
    from = quote + 2;
  }
}
