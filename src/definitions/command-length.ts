// Computes how long a command becomes with its parameters: a short definition that names a long value many times would take all memory.
import { asText, type PlaceholderValues } from '../model/arguments.js';
import { type ArgumentText, argumentTexts, type ProcessDefinition } from '../model/definition.js';
import { parseTemplate } from '../model/placeholders.js';
import { templates } from './placeholder-faults.js';

/** The most that the kernel takes of arguments and environment together (three quarters of 8 MiB). */
export const commandBound = 6 * 2 ** 20;

const pointerBytes = 8;

/** The number of characters of all texts that may hold placeholders, counted without building them. */
export function commandLength(definition: ProcessDefinition, values: PlaceholderValues): number {
  const lengths = new Lengths(values);
  const list = argumentTexts(definition);
  const places = new Set(list.map(({ path }) => path));
  const others = templates(definition).filter(({ path }) => !places.has(path));
  const all = [...list.map((argument) => lengths.ofArgument(argument)), ...others.map(({ text }) => lengths.ofText(text))];
  return all.reduce((sum, length) => sum + length, 0);
}

/** A list of values: how many items, and how many characters they have together. */
interface ListLength {
  count: number;
  sum: number;
}

class Lengths {
  private readonly known = new Map<string, number>();
  private readonly lists = new Map<string, ListLength>();

  constructor(private readonly values: PlaceholderValues) {}

  ofText(text: string): number {
    let sum = 0;
    for (const part of parseTemplate(text)) sum += 'name' in part ? this.ofValue(part.name) : part.literal.length;
    return sum;
  }

  /** An argument that names lists is repeated for each item; each copy counts eight characters more, as its pointer does. */
  ofArgument({ text, each }: ArgumentText): number {
    const names = parseTemplate(text).flatMap((part) => ('name' in part ? [part.name] : []));
    const repeated = [...new Set(each === undefined ? names : [each, ...names])].filter((name) => Array.isArray(this.values[name]));
    if (repeated.length === 0) return this.ofText(text);
    const copies = repeated.reduce((product, name) => product * this.ofList(name).count, 1);
    if (copies === 0) return 0;
    const fixed = parseTemplate(text).map((part) =>
      'literal' in part ? part.literal.length : repeated.includes(part.name) ? this.averageOf(part.name) : this.ofValue(part.name),
    );
    return Math.ceil(copies * fixed.reduce((sum, length) => sum + length, pointerBytes));
  }

  private ofValue(name: string): number {
    const length = this.known.get(name) ?? asText(this.values[name]).length;
    this.known.set(name, length);
    return length;
  }

  private averageOf(name: string): number {
    const { count, sum } = this.ofList(name);
    return sum / count;
  }

  private ofList(name: string): ListLength {
    const items = this.values[name] as unknown[];
    const list = this.lists.get(name) ?? { count: items.length, sum: items.reduce<number>((sum, item) => sum + asText(item).length, 0) };
    this.lists.set(name, list);
    return list;
  }
}
