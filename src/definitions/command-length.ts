// Computes how long a command becomes with its parameters: a short definition that names a long value many times would take all memory.
import { asText, type PlaceholderValues } from '../model/arguments.js';
import type { ProcessDefinition } from '../model/definition.js';
import { parseTemplate } from '../model/placeholders.js';
import { templates } from './placeholder-faults.js';

/** The most that the kernel takes of arguments and environment together (three quarters of 8 MiB). */
export const commandBound = 6 * 2 ** 20;

/** The number of characters of all texts that may hold placeholders, counted without building them. */
export function commandLength(definition: ProcessDefinition, values: PlaceholderValues): number {
  const lengths = new Map<string, number>();
  const lengthOf = (name: string) => {
    const length = lengths.get(name) ?? asText(values[name]).length;
    lengths.set(name, length);
    return length;
  };
  let sum = 0;
  for (const { text } of templates(definition)) {
    for (const part of parseTemplate(text)) sum += 'name' in part ? lengthOf(part.name) : part.literal.length;
  }
  return sum;
}
