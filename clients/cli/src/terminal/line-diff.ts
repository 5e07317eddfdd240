// What two texts differ in, line by line, as `diff -u` shows it.

/** Lines around a change that are shown with it. */
const context = 3;
/** Beyond this many pairs of lines, what differs is shown as removed and added as a whole. */
const largestTable = 4_000_000;

/** The lines of both texts in order: ` same`, `-removed`, `+added`. */
function markedLines(before: string[], after: string[]): string[] {
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start++;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const same = (lines: string[]) => lines.map((line) => ` ${line}`);
  const [removed, added] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  return [...same(before.slice(0, start)), ...changedLines(removed, added), ...same(before.slice(before.length - end))];
}

function changedLines(removed: string[], added: string[]): string[] {
  if (removed.length * added.length > largestTable) return [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)];
  const lengths = commonLengths(removed, added);
  const marked: string[] = [];
  let [left, right] = [0, 0];
  while (left < removed.length || right < added.length) {
    if (left < removed.length && right < added.length && removed[left] === added[right]) {
      marked.push(` ${removed[left++]}`);
      right++;
    } else if (right >= added.length || (left < removed.length && lengths[left + 1][right] >= lengths[left][right + 1]))
      marked.push(`-${removed[left++]}`);
    else marked.push(`+${added[right++]}`);
  }
  return marked;
}

/** How many lines the rests from each pair of places have in common at most. */
function commonLengths(left: string[], right: string[]): Uint32Array[] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  for (let row = left.length - 1; row >= 0; row--)
    for (let column = right.length - 1; column >= 0; column--)
      lengths[row][column] =
        left[row] === right[column] ? lengths[row + 1][column + 1] + 1 : Math.max(lengths[row + 1][column], lengths[row][column + 1]);
  return lengths;
}

/** Empty when the texts are the same. Unchanged lines that are far from every change are left out, as `@@`. */
export function lineDiff(before: string, after: string): string[] {
  if (before === after) return [];
  const lines = markedLines(linesOf(before), linesOf(after));
  const shown = new Uint8Array(lines.length);
  for (const [index, line] of lines.entries()) if (!line.startsWith(' ')) shown.fill(1, Math.max(0, index - context), index + context + 1);
  return lines.flatMap((line, index) => {
    if (shown[index]) return [line];
    return index === 0 || shown[index - 1] ? ['@@'] : [];
  });
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}
