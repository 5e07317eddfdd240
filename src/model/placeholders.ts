// The placeholder syntax: ${name} and $<name>, escaped as $${name} and $$<name>; one pass, never recursive.

export const builtInPlaceholders = ['input_file', 'output_file', 'input_pipe', 'output_pipe', 'port', 'run_id', 'workdir'] as const;

export type TemplatePart = { literal: string } | { name: string; source: string };

/** The text between the braces contains no `$` and no brace, so that the scan stays linear. */
const pattern = /\$(\$(?:\{[^${}]*\}|<[A-Za-z_]\w*>))|\$\{([^${}]*)\}|\$<([A-Za-z_]\w*)>/g;

/** Splits `text` into literals and placeholders, in order; an escape becomes the literal that it stands for. */
export function parseTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) parts.push({ literal: text.slice(end, match.index) });
    const name = match[2] ?? match[3];
    parts.push(name === undefined ? { literal: match[1] } : { name, source: match[0] });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ literal: text.slice(end) });
  return parts;
}

/** A template that stands for exactly `text`. */
export function escapeTemplate(text: string): string {
  return text.replace(/\$(?=\{[^${}]*\}|<[A-Za-z_]\w*>)/g, '$$$$');
}

/** The names used in `text`, in order, with repeats. */
export function placeholderNames(text: string): string[] {
  return parseTemplate(text).flatMap((part) => ('name' in part ? [part.name] : []));
}
