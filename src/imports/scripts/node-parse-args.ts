// util.parseArgs of Node.js: the object of its options, wherever in the script it stands.
import { type FoundOption, stringList } from './found.js';
import { insideParentheses, literalOf, splitArguments } from './source-text.js';

export function parseArgsOptions(code: string): FoundOption[] {
  const call = /\bparseArgs\s*\(/.exec(code);
  if (!call) return [];
  const inside = insideParentheses(code, call.index + call[0].length - 1).trim();
  const config = entriesOf(/^\w+$/.test(inside) ? objectNamed(code, inside) : inside);
  const options = config['options'] ?? (/\boptions\s*[,}]/.test(inside) ? 'options' : '{}');
  const object = /^\w+$/.test(options) ? objectNamed(code, options) : options;
  return Object.entries(entriesOf(object)).flatMap(([name, value]) => {
    if (name === 'help' || name === 'version') return [];
    const { type, multiple, default: fallback } = entriesOf(value);
    const text = literalOf(fallback);
    const one = { type: 'string', ...(typeof text === 'string' && { default: text }) };
    return [{ name, flag: `--${name}`, schema: literalOf(type) === 'boolean' ? null : multiple === 'true' ? stringList : one }];
  });
}

/** The pairs of an object literal. */
export function entriesOf(text: string): Record<string, string> {
  const inner = /^\{([\s\S]*)\}$/.exec(text.trim())?.[1] ?? '';
  const pairs = splitArguments(inner).map((part) => /^['"]?([\w-]+)['"]?\s*:\s*([\s\S]+)$/.exec(part));
  return Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1], pair[2]]] : [])));
}

function objectNamed(code: string, name: string): string {
  const found = new RegExp(String.raw`\b${name}\s*=\s*\{`).exec(code);
  return found ? `{${insideParentheses(code, found.index + found[0].length - 1)}}` : '{}';
}
