// Checks that a parsed JSON value holds nothing that would cause harm later, in a program, a database or another parser.

const depthBound = 512;
const refusedKeys = new Set(['__proto__', 'constructor']);

/** The fault as a sentence, or undefined when nothing is wrong. Works without recursion. */
export function jsonFault(root: unknown): string | undefined {
  const waiting: { holder: object; depth: number }[] = [];
  const look = (value: unknown, depth: number): string | undefined => {
    if (typeof value !== 'object' || value === null) return scalarFault(value);
    if (depth >= depthBound) return `The body is nested deeper than ${depthBound} levels.`;
    waiting.push({ holder: value, depth });
    return undefined;
  };
  let fault = look(root, 0);
  for (let next = waiting.pop(); next && !fault; next = waiting.pop())
    fault = faultWithin(next.holder, (value) => look(value, next.depth + 1));
  return fault;
}

function faultWithin(holder: object, look: (value: unknown) => string | undefined): string | undefined {
  if (!Array.isArray(holder)) {
    for (const key of Object.keys(holder)) {
      if (refusedKeys.has(key)) return `The key '${key}' is not allowed.`;
      const fault = scalarFault(key);
      if (fault) return fault;
    }
  }
  for (const value of Object.values(holder)) {
    const fault = look(value);
    if (fault) return fault;
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
