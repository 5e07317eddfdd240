// What a parsed JSON value must not hold: things that would bite later, in a program, a database or another parser.

const depthBound = 512;
const refusedKeys = new Set(['__proto__', 'constructor']);

/** A sentence, or undefined when nothing is wrong. Works without recursion. */
export function jsonFault(root: unknown): string | undefined {
  const waiting: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, depth } = next;
    const fault = scalarFault(value);
    if (fault) return fault;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= depthBound) return `The body is nested deeper than ${depthBound} levels.`;
    for (const [key, inner] of Object.entries(value)) {
      if (refusedKeys.has(key)) return `The key '${key}' is not allowed.`;
      waiting.push({ value: key, depth: depth + 1 }, { value: inner, depth: depth + 1 });
    }
  }
  return undefined;
}

function scalarFault(value: unknown): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return 'A number is too large, or is none.';
  if (typeof value !== 'string') return undefined;
  if (value.includes('\0')) return 'The body contains a NUL character (\\u0000), which no program can be given.';
  return value.isWellFormed() ? undefined : 'The body contains a lone surrogate, which is not valid Unicode.';
}

/** Numbers in JSON text that cannot be given back as they came; strings are skipped. */
export function inexactNumber(text: string): string | undefined {
  if (!/\d{16}|[eE]\+?\d{3}/.test(text)) return undefined;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g)) {
    if (token.startsWith('"')) continue;
    const value = Number(token);
    if (!Number.isFinite(value) || (/^-?\d+$/.test(token) && !Number.isSafeInteger(value))) return token;
  }
  return undefined;
}
