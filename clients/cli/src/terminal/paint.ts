// Colours, where a terminal shows them and nobody has refused them.

/** https://no-color.org: NO_COLOR, whatever its value is. */
function isColoured(): boolean {
  return Boolean(process.stdout.isTTY) && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

const codes = { red: 31, green: 32, yellow: 33, cyan: 36, bold: 1 } as const;

/** The text in this colour, on stdout. */
export function paint(colour: keyof typeof codes, text: string): string {
  return isColoured() ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text;
}
