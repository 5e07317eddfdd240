// What two texts differ in, line by line.

export interface DiffLine {
  /** Of both texts, only of the former one, only of the latter one; or lines that are the same were left out here. */
  kind: 'same' | 'removed' | 'added' | 'gap';
  text: string;
}

/** Lines around a change that are shown with it. */
const context = 3;
/** Beyond this many pairs of lines, what differs is shown as removed and added as a whole. */
const largestTable = 4_000_000;

/** Empty when the texts are the same. */
export function lineDiff(before: string, after: string): DiffLine[] {
  if (before === after) return [];
  const lines = marked(before.split('\n'), after.split('\n'));
  const isNear = (at: number) => lines.slice(Math.max(0, at - context), at + context + 1).some(({ kind }) => kind !== 'same');
  const near = lines.map((_line, at) => isNear(at));
  return lines.flatMap((line, at): DiffLine[] => {
    if (near[at]) return [line];
    return at === 0 || near[at - 1] ? [{ kind: 'gap', text: '⋯' }] : [];
  });
}

function marked(before: string[], after: string[]): DiffLine[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const changed = changedLines(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return [...as('same', before.slice(0, start)), ...changed, ...as('same', before.slice(before.length - end))];
}

function as(kind: DiffLine['kind'], texts: string[]): DiffLine[] {
  return texts.map((text) => ({ kind, text }));
}

function changedLines(removed: string[], added: string[]): DiffLine[] {
  if (removed.length * added.length > largestTable) return [...as('removed', removed), ...as('added', added)];
  const common = commonLengths(removed, added);
  const lines: DiffLine[] = [];
  let [left, right] = [0, 0];
  while (left < removed.length || right < added.length) {
    if (left < removed.length && right < added.length && removed[left] === added[right]) {
      lines.push({ kind: 'same', text: removed[left] });
      left += 1;
      right += 1;
    } else if (right >= added.length || (left < removed.length && common[left + 1][right] >= common[left][right + 1]))
      lines.push({ kind: 'removed', text: removed[left++] });
    else lines.push({ kind: 'added', text: added[right++] });
  }
  return lines;
}

/** How many lines the rests from each pair of places have in common at most. */
function commonLengths(left: string[], right: string[]): Uint32Array[] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  for (let row = left.length - 1; row >= 0; row -= 1)
    for (let column = right.length - 1; column >= 0; column -= 1)
      lengths[row][column] =
        left[row] === right[column] ? lengths[row + 1][column + 1] + 1 : Math.max(lengths[row + 1][column], lengths[row][column + 1]);
  return lengths;
}
