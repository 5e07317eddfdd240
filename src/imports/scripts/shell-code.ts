// What of a shell script is code: without comments, here documents and texts in single quotes; and whether it reads standard input.

/** The code; what stands in single quotes is another language ('{print $1}') or a mere text. */
export function shellCode(source: string): string {
  const code = source.replace(/^\s*#.*$/gm, '').replace(/<<-?\s*(["']?)(\w+)\1(.*)\n[\s\S]*?^\s*\2$/gm, '<<HERE $3');
  let text = '';
  let inDouble = false;
  for (let at = 0; at < code.length; at++) {
    const character = code[at];
    if (character === '\\') text += character + (code[++at] ?? '');
    else if (character === "'" && !inDouble) {
      const end = code.indexOf("'", at + 1);
      // what is short and harmless may be the default of something
      const inner = code.slice(at + 1, end < 0 ? code.length : end);
      text += /^[\w ./:-]*$/.test(inner) ? `'${inner}'` : "''";
      at += inner.length + 1;
    } else {
      if (character === '"') inDouble = !inDouble;
      text += character;
    }
  }
  return text;
}

/** By what reads it, or by what the comment at the top says. */
export function readsShellInput(code: string, source: string): boolean {
  const header = /^(?:#.*\n|[^\S\n]*\n)+/.exec(source)?.[0] ?? '';
  if (/\b(stdin|(?:on|from|of|reads) (?:its )?(?:standard )?input)\b/i.test(header)) return true;
  if (/\/dev\/stdin|<&0|\$\(cat(\s+-)?\)|\$\(<\/dev/.test(code)) return true;
  if (/^\s*(?:\w+=\$\()?(?:cat|tee)(?:\s+-)?\s*(?:$|\||>|;)|^\s*tr\s[^|<]*(?:\||$)/m.test(withoutPipedLines(code))) return true;
  return readsLoop(code);
}

/** Lines that a pipe leads into, also those that continue the line before. */
function withoutPipedLines(code: string): string {
  const joined = code.replace(/\\\n/g, ' ').replace(/\|\s*\n\s*/g, '| ');
  return joined
    .split('\n')
    .map((line) => (/<<|<\s*["$\w/]/.test(line) ? '' : line))
    .join('\n');
}

/** `while read line; do … done` without a pipe or a file. */
function readsLoop(code: string): boolean {
  const lines = code.replace(/\\\n/g, ' ').split('\n');
  return lines.some((line, index) => {
    const read = /(^|[\s;!(])read(\s+-[rsa]+)*(\s+-[dn]\s*\S+)*\s+[A-Za-z_]/.exec(line);
    if (!read || /\bread\s[^;]*-[a-z]*[pu]\b/.test(line)) return false;
    const before = lines.slice(Math.max(0, index - 2), index).join('\n') + line.slice(0, read.index);
    if (/\|\s*(\{|\(|while|\n|$)[^|]*$/.test(before) || /<<</.test(line)) return false;
    if (!/\b(while|until)\b/.test(line)) return true;
    const done = lines
      .slice(index)
      .findIndex((later, offset) => /\bdone\b/.test(later) && depthOf(lines.slice(index, index + offset + 1)) <= 0);
    return !/\bdone\s*<|\bdone\s+\d*<</.test(lines[index + done] ?? '');
  });
}

/** How many loops are open behind these lines. */
function depthOf(lines: string[]): number {
  const text = lines.join('\n');
  return (text.match(/\bdo\b/g) ?? []).length - (text.match(/\bdone\b/g) ?? []).length;
}
