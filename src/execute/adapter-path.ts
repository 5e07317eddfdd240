// Where the file of an adapter lies: beside the work directory under ${input_file} or ${output_file}, or inside it.
import { parseTemplate } from '../protocol/placeholders.js';

/** The path relative to the program's cwd; undefined when `filePath` is the placeholder itself, or missing. */
export function adapterPath(filePath: unknown, placeholder: string): string | undefined {
  if (typeof filePath !== 'string') return undefined;
  const [first] = parseTemplate(filePath);
  return first && 'name' in first && first.name === placeholder ? undefined : filePath;
}
