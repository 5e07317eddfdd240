// An element of `argv` that stands for several words, or for none, as a reader sees it.

interface Group {
  words: string;
  /** When the words are there; empty: always. */
  condition: string;
}

/** Of a value, or `$${` and `$$<`, which stand for themselves. */
const placeholder = /\$(\$[{<])|\$\{(\w+)\}|\$<(\w+)>/g;

/** `["--rate", "${rate}"]`: --rate rate, if given. */
export function groupWords(element: unknown): Group {
  if (typeof element === 'string') return { words: element, condition: '' };
  if (Array.isArray(element)) return { words: joined(element), condition: element.some(isTemplate) ? 'if given' : '' };
  const { when, each, args } = (element ?? {}) as { when?: unknown; each?: unknown; args?: unknown };
  if (Array.isArray(args) && typeof when === 'string') return { words: joined(args), condition: `if ${when} is on` };
  if (Array.isArray(args) && typeof each === 'string') return { words: joined(args), condition: `for each of ${each}` };
  return { words: JSON.stringify(element), condition: '' };
}

function joined(words: unknown[]): string {
  return words.map((word) => plain(String(word)) || "''").join(' ');
}

function isTemplate(word: unknown): boolean {
  return [...String(word).matchAll(placeholder)].some(([, literal]) => literal === undefined);
}

/** With the names of fields where their values come in. */
function plain(template: string): string {
  return template.replace(placeholder, (_whole, literal, one, other) => literal ?? one ?? other);
}
