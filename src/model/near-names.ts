// Finds the known name that somebody may have meant by an unknown one.

/** Longer names are not compared: with many of them the comparison would hold up the server. */
const comparedCharacters = 32;
/** So many unknown names of one request are compared with the known ones. */
const askedBound = 20;

/** The known name with the fewest edits, or one that begins with `name`; undefined when none is near. Case, `-` and `_` make no difference. */
export function nearName(name: string, known: readonly string[]): string | undefined {
  const wanted = plain(name);
  if (name.length > comparedCharacters || wanted.length < 3) return undefined;
  let [nearest, fewest]: [string | undefined, number] = [undefined, Math.floor(wanted.length / 3) + 1];
  let begun: string | undefined;
  for (const one of known) {
    const candidate = plain(one);
    if (candidate.startsWith(wanted)) begun ??= one;
    if (Math.abs(candidate.length - wanted.length) >= fewest) continue;
    const edits = editsBetween(wanted, candidate);
    if (edits < fewest) [nearest, fewest] = [one, edits];
  }
  return nearest ?? begun;
}

/** For refusals: ` (did you mean 'timeout'?)`, or nothing when no known name is near. Only the first twenty names are compared. */
export function suggestions(known: readonly string[]): (name: string) => string {
  let left = askedBound;
  return (name) => {
    const near = left-- > 0 ? nearName(name, known) : undefined;
    return near === undefined ? '' : ` (did you mean '${near}'?)`;
  };
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, '');
}

/** Insertions, deletions, replacements, and swaps of neighbours. */
function editsBetween(one: string, other: string): number {
  let [before, former]: [number[], number[]] = [[], Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= one.length; row++) {
    const now = [row];
    for (let column = 1; column <= other.length; column++) {
      const replaced = former[column - 1] + Number(one[row - 1] !== other[column - 1]);
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const swapped = isSwap ? before[column - 2] + 1 : Number.POSITIVE_INFINITY;
      now.push(Math.min(replaced, former[column] + 1, now[column - 1] + 1, swapped));
    }
    [before, former] = [former, now];
  }
  return former[other.length];
}
