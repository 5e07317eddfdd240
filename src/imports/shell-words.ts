// Splits a command line as a shell would (POSIX XCU 2.2), where no shell is needed to understand it.

/** Characters that only a shell gives a meaning, outside of quotes. */
const special = /[|&;<>()$`*?[\]{}~#!\n]/;

/** The words; null: the line needs a shell. */
function shellWords(line: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < line.length; at++) {
    const character = line[at];
    if (/\s/.test(character) && character !== '\n') {
      if (word !== null) words.push(word);
      word = null;
    } else if (character === "'") {
      const end = line.indexOf("'", at + 1);
      if (end < 0) return null;
      word = (word ?? '') + line.slice(at + 1, end);
      at = end;
    } else if (character === '"') {
      const quoted = doubleQuoted(line, at + 1);
      if (!quoted) return null;
      word = (word ?? '') + quoted.text;
      at = quoted.end;
    } else if (character === '\\' && at + 1 < line.length) {
      word = (word ?? '') + line[++at];
    } else if (isSpecial(character, word)) {
      return null;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== null) words.push(word);
  return words.length > 0 && !/^[A-Za-z_]\w*=/.test(words[0]) ? words : null;
}

/** `~` and `#` have a meaning only where a word begins. */
function isSpecial(character: string, word: string | null): boolean {
  return special.test(character) && !('~#'.includes(character) && word !== null);
}

function doubleQuoted(line: string, start: number): { text: string; end: number } | null {
  let text = '';
  for (let at = start; at < line.length; at++) {
    const character = line[at];
    if (character === '"') return { text, end: at };
    if (character === '$' || character === '`') return null;
    if (character === '\\' && '$`"\\\n'.includes(line[at + 1] ?? '')) text += line[++at];
    else text += character;
  }
  return null;
}

/** The program and the arguments of a command line; by /bin/sh where it needs a shell. */
export function commandOf(line: string): { exec: string; argv: string[]; needsShell: boolean } {
  const words = shellWords(line);
  if (!words) return { exec: '/bin/sh', argv: ['-c', line], needsShell: true };
  return { exec: words[0], argv: words.slice(1), needsShell: false };
}

/** What stands before the command that a line is about: folders, variables, and guards such as `test -x /usr/sbin/anacron ||`. */
const before =
  /^(?:\s*(?:(?:cd\s+\S+|[A-Za-z_]\w*=\S*|set\s+\S+|\.\s+\S+|source\s+\S+)\s*(?:&&|;)?|(?:test\s[^|&;]*|\[\s[^|&;]*\]|command\s+-v\s[^|&;]*(?:>&\d)?)(?:&&|\|\|)|[{(])\s*)+/;

/** What a command line is about: the name of its first program, without its folder and ending. */
export function subjectOf(line: string): string {
  const plain = line.replace(before, '').trim();
  const words = shellWords(plain) ?? plain.split(/\s+/).map((word) => word.replace(/^["'({]+|["');}]+$/g, ''));
  const programs = words.filter((word) => !wrappers.test(word) && !word.startsWith('-'));
  const named = programs.find((word) => !/^\d+$/.test(word)) ?? words[0] ?? 'program';
  const script = interpreters.test(named) ? programs[programs.indexOf(named) + 1] : undefined;
  return (script ?? named).replace(/^.*\//, '').replace(/\.(sh|bash|py|pl|js|mjs|rb|php)$/, '');
}

/** Programs that start another one, which is what a line is about. */
const wrappers = /^(?:\S*\/)?(?:sudo|nice|ionice|env|nohup|time|timeout|flock|chronic|exec|test|\[|setsid|stdbuf|chpst)$/;
const interpreters = /^(?:\S*\/)?(?:sh|bash|dash|zsh|python[\d.]*|perl|node|ruby|php)$/;
