// Splits a pasted line as a shell would: quotes, backslashes, and what only a shell can do.

export interface Token {
  /** As it stands in the line, with its quotes. */
  raw: string;
  /** The blanks before it. */
  gap: string;
  /** What the program gets. */
  text: string;
  /** `|`, `>`, `&&` and so on: never an argument. */
  isOperator: boolean;
  /** What about it only a shell can do, as a noun: "a pipe". */
  needsShell?: string;
}

export interface SplitLine {
  tokens: Token[];
  /** `NAME=value` before the program. */
  environment: Record<string, string>;
  /** What cannot be read: "a quote is not closed". */
  fault?: string;
}

const operators = /^(?:\d?>>|\d?>&\d?|&>|\d?>|<<<|<<|<|\|\||\|&|\||&&|;|&|\(|\))/;

const operatorKinds: [pattern: RegExp, kind: string][] = [
  [/^\|/, 'a pipe'],
  [/[<>]/, 'a redirection'],
  [/^(&&|;|&$)/, 'several commands'],
  [/[()]/, 'a group of commands'],
];

export function splitCommand(pasted: string): SplitLine {
  // a prompt that was pasted with it, and lines that continue
  const line = pasted
    .trim()
    .replace(/^[$%❯] +/, '')
    .replace(/\\\r?\n\s*/g, ' ');
  const tokens: Token[] = [];
  for (let at = 0; at < line.length; ) {
    const [gap] = /^[ \t]*/.exec(line.slice(at))!;
    at += gap.length;
    const token = at < line.length ? tokenAt(line, at) : undefined;
    if (token === null) return { tokens, environment: {}, fault: 'a quote is not closed' };
    if (token?.raw.startsWith('#')) at = endOfLine(line, at);
    else if (token) {
      tokens.push({ ...token, gap });
      at += token.raw.length;
    }
  }
  return withoutAssignments(tokens);
}

function endOfLine(line: string, from: number): number {
  const end = line.indexOf('\n', from);
  return end < 0 ? line.length : end;
}

/** Null: a quote in it is not closed. */
function tokenAt(line: string, from: number): Omit<Token, 'gap'> | null {
  if (/[\r\n]/.test(line[from])) {
    const raw = /^\s+/.exec(line.slice(from))![0];
    return { raw, text: '\n', isOperator: true, needsShell: 'several lines' };
  }
  const [operator] = operators.exec(line.slice(from)) ?? [];
  if (operator) {
    const kind = operatorKinds.find(([pattern]) => pattern.test(operator))?.[1];
    return { raw: operator, text: operator, isOperator: true, needsShell: kind };
  }
  return wordAt(line, from);
}

function wordAt(line: string, from: number): Omit<Token, 'gap'> | null {
  let text = '';
  let needsShell: string | undefined;
  let at = from;
  while (at < line.length && !/[\s|&;<>()]/.test(line[at])) {
    const rest = line.slice(at);
    const [piece, value] = quotedAt(rest) ?? [rest[0], rest[0]];
    const isQuoted = piece.length > 1 || /['"\\]/.test(piece);
    if (isQuoted && value === null) return null;
    needsShell ??= shellPart(piece, at === from, rest);
    text += value;
    at += piece.length;
  }
  return { raw: line.slice(from, at), text, isOperator: false, needsShell };
}

/** A quoted piece and what it stands for; null in its place: it is not closed. Undefined: it is not quoted. */
function quotedAt(rest: string): [piece: string, value: string | null] | undefined {
  if (rest[0] === '\\') return [rest.slice(0, 2), rest[1] ?? null];
  const [piece] = /^'[^']*'|^"(?:[^"\\]|\\[\s\S])*"/.exec(rest) ?? [];
  if (piece?.startsWith("'")) return [piece, piece.slice(1, -1)];
  if (piece) return [piece, piece.slice(1, -1).replace(/\\([$`"\\])/g, '$1')];
  return /^['"]/.test(rest) ? [rest, null] : undefined;
}

function shellPart(piece: string, isFirst: boolean, rest: string): string | undefined {
  if (piece.startsWith("'") || piece.startsWith('\\')) return undefined;
  const plain = piece.startsWith('"') ? piece.replace(/\\[\s\S]/g, '') : rest;
  const holdsIt = piece.startsWith('"') ? /\$[A-Za-z_{(]|`/ : /^(\$[\w{(@*#?']|`)/;
  if (holdsIt.test(plain)) return 'a variable or a command inside';
  if (piece.startsWith('"')) return undefined;
  if (/^[*?]/.test(piece) || /^\[[^\]\s]+\]/.test(rest)) return 'a pattern of file names';
  if (isFirst && /^~(\/|$|\s)/.test(rest)) return 'a home folder';
  return /^\{[^{}\s]*(,|\.\.)[^{}\s]*\}/.test(rest) ? 'a list in braces' : undefined;
}

function withoutAssignments(tokens: Token[]): SplitLine {
  const isAssignment = ({ isOperator, raw, needsShell }: Token) => !isOperator && !needsShell && /^[A-Za-z_]\w*=/.test(raw);
  const first = tokens.findIndex((token) => !isAssignment(token));
  const count = first < 0 ? tokens.length : first;
  const pairs = tokens.slice(0, count).map(({ text }): [string, string] => {
    const equals = text.indexOf('=');
    return [text.slice(0, equals), text.slice(equals + 1)];
  });
  return { tokens: tokens.slice(count), environment: Object.fromEntries(pairs) };
}
