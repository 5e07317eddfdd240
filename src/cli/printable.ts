// What a user has named, as it is shown at a terminal: characters that would move, colour or turn text round are escaped.

/** The text with control, format and separator characters written as `\u{…}`. */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
