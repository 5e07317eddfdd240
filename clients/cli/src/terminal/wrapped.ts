// Breaks text into lines that fit the terminal.
const usualColumns = 80;
const fewestCharacters = 20;

/** The columns of the terminal that reads the help, or the usual ones. */
export const helpColumns = () => (process.stdout.isTTY && process.stdout.columns) || usualColumns;

/** The lines of a paragraph; a word that is longer than `width` characters has its own line. */
export function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= Math.max(fewestCharacters, width)) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
