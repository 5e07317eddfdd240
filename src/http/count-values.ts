// Counts the values in JSON text before it is parsed: each of them takes time later, whatever its length is.

const [quote, comma, bracket, brace] = ['"', ',', '[', '{'].map((character) => character.charCodeAt(0));

/** Whether the text has more commas and opening brackets outside of its strings than `bound`. The text need not be valid. */
export function hasMoreValues(text: string, bound: number): boolean {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if ((code === comma || code === bracket || code === brace) && ++count > bound) return true;
  }
  return false;
}

/** The place of the closing quote, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text[before - 1] === '\\') before--;
    if ((at - before) % 2 === 0) return at;
  }
  return text.length;
}
