// Where the file of an adapter lies: next to the work directory for ${input_file} or ${output_file}, or inside this directory.
import { expandText } from '../../model/arguments.js';
import { CodedError } from '../../model/coded-error.js';
import { relativePathFault, withoutEndingSlashes } from '../../model/file-names.js';
import { parseTemplate } from '../../model/placeholders.js';
import type { RunContext } from '../run/run-context.js';

/** The path relative to the program's cwd; undefined when `filePath` is the placeholder itself. */
export function adapterPath({ values }: RunContext, filePath: unknown, placeholder: string): string | undefined {
  const template = String(filePath);
  const [first] = parseTemplate(template);
  if (first && 'name' in first && first.name === placeholder) return undefined;
  const path = withoutEndingSlashes(expandText(template, values));
  const fault = relativePathFault(path);
  if (fault) throw new CodedError('output_error', `the path '${path}' ${fault}`);
  return path;
}
