// Shell: getopts, case "$1" in, $1 and "$@", and what reads standard input.
import { type FoundArgument, type FoundOption, type FoundScript, stringList } from './found.js';
import { readsShellInput, shellCode } from './shell-code.js';
import { shellPositionals } from './shell-positionals.js';

export function readShell(source: string): FoundScript {
  const code = shellCode(source);
  const described = describedFlags(source);
  const options = [...shortOptions(code), ...branchOptions(code)].map((option) => ({ ...option, description: described.get(option.flag) }));
  const inLoop = loopArguments(code);
  return {
    options,
    arguments: inLoop.length > 0 ? inLoop : shellPositionals(code, options.length > 0),
    readsInput: readsShellInput(code, source),
  };
}

/** `-b RATE  bits per second`, as comments and help texts say it. */
function describedFlags(source: string): Map<string, string> {
  const lines = source.matchAll(/^[\s#"']*(-\w)?(?:,\s*)?(--[\w-]+)?(?:[ =]<?\[?[A-Za-z_-]+\]?>?)?\s{2,}(\S.*?)["']?$/gm);
  return new Map([...lines].flatMap(([, short, long, text]) => [short, long].flatMap((flag) => (flag ? [[flag, text] as const] : []))));
}

/** getopts "ab:h" option */
function shortOptions(code: string): FoundOption[] {
  const letters = /\bgetopts\s+["']?:?([A-Za-z0-9:]+)["']?\s+\w+/.exec(code)?.[1] ?? '';
  return [...letters.matchAll(/([A-Za-z0-9])(:?)/g)].flatMap(([, letter, colon]) => {
    const branch = new RegExp(String.raw`^\s*\(?(?:[\w|]*\|)?["']?${letter}["']?(?:\|\w)*\)([\s\S]*?);;`, 'm').exec(code)?.[1] ?? '';
    const variable = colon ? /(\w+)\+?=\(?["']?\$\{?OPTARG/.exec(branch)?.[1] : /(\w+)=/.exec(branch)?.[1];
    if (letter === 'h' && !colon) return [];
    const schema = colon === '' ? null : /\+=\(/.test(branch) ? stringList : { type: 'string' };
    return [{ name: (variable ?? letter).toLowerCase(), flag: `-${letter}`, schema }];
  });
}

const flagsOfBranch = String.raw`(?:--?[\w?\\-]+(?:=\*)?\s*\|\s*)*--?[\w?\\-]+(?:=\*)?`;
const branchPattern = new RegExp(String.raw`(?:^|;;|\bin)[ \t]*\(?(${flagsOfBranch})\)([\s\S]*?)(?=;;|\besac\b)`, 'gm');

/** -w|--width) WIDTH="$2"; shift 2 ;; */
function branchOptions(code: string): FoundOption[] {
  return [...code.matchAll(branchPattern)].flatMap(([, flags, branch]) => {
    const names = flags.split('|').map((flag) => flag.trim().replace(/\\/g, ''));
    if (names.some((name) => /^(--?(help|h|version|V|\?)|--)$/.test(name))) return [];
    const spelled =
      names.find((name) => name.startsWith('--') && !name.endsWith('=*')) ?? names.find((name) => !name.endsWith('=*')) ?? names[0];
    const flag = spelled.replace(/=\*$/, '');
    const variable = /^\s*(?:local\s+|declare\s+)?(\w+)\+?=/.exec(branch)?.[1] ?? flag.replace(/^-+/, '');
    const takesValue = spelled.endsWith('=*') || /\$\{?2\b|\bshift\s+2|\$\{\w+#\S*=\}/.test(branch);
    const schema = takesValue ? (/\w\+=\(/.test(branch) ? stringList : { type: 'string' }) : null;
    const name = flag.startsWith('--') ? flag.slice(2) : variable.toLowerCase();
    return [{ name, flag, schema, ...(spelled.endsWith('=*') && { isJoined: true }) }];
  });
}

/** `*) FOLDER="$1"` or `*) files+=("$1")` in the loop that reads the options. */
function loopArguments(code: string): FoundArgument[] {
  const [, variable, list] = /^\s*\*\)\s*(\w+)(\+?)=\(?["']?\$(?:\{?1\}?|arg\b|\{arg\})/m.exec(code) ?? [];
  if (variable === undefined) return [];
  const name = variable.toLowerCase();
  const isChecked = new RegExp(String.raw`\$\{${variable}:?\?|-z\s+["']?\$\{?${variable}\b|-n\s+["']?\$\{?${variable}\b[^\n]*\|\|`).test(
    code,
  );
  if (list) return [{ name, schema: stringList, isRest: true, required: isChecked }];
  return [{ name, schema: { type: 'string' }, required: isChecked }];
}
