// The command line of a CWL tool: arguments and inputs in the order of their positions, each with its prefix.
import type { ArgumentGroup } from '../model/definition.js';
import { type Binding, type CwlType, declare, templateOf } from './cwl-types.js';
import { type Draft, literal, parameterName, Refused } from './imported.js';

export interface CwlInput {
  name: string;
  type: CwlType;
  binding?: Binding;
  fallback?: unknown;
  description?: string;
}

type Element = string | ArgumentGroup;

interface Placed {
  position: number;
  /** At the same position arguments stand before inputs, and those in the order of their names. */
  key: string;
  elements: Element[];
}

export class CwlCommand {
  private readonly placed: Placed[] = [];
  private readonly types: Map<string, CwlType>;
  readonly used = new Set<string>();

  constructor(
    private readonly inputs: CwlInput[],
    private readonly draft: Draft,
    private readonly notes: string[],
  ) {
    this.types = new Map(inputs.map(({ name, type }) => [name, type]));
  }

  text(template: string): string {
    return templateOf(template, this.types, (name) => this.used.add(name));
  }

  addArguments(all: (string | Binding)[]): void {
    for (const [index, one] of all.entries()) {
      const { position = 0, prefix, separate = true, valueFrom, shellQuote } = typeof one === 'string' ? { valueFrom: one } : one;
      if (shellQuote === false) throw new Refused('shellQuote: no shell reads the command here');
      const value = this.text(String(valueFrom ?? ''));
      const elements = prefix === undefined ? [value] : separate ? [literal(prefix), value] : [literal(prefix) + value];
      this.placed.push({ position: positionOf(position), key: ` ${String(index).padStart(5, '0')}`, elements });
    }
  }

  addInputs(): void {
    for (const input of this.inputs) {
      const { name, binding } = input;
      if (!binding) continue;
      if (binding.valueFrom !== undefined) throw new Refused(`valueFrom of ${name} is an expression about its value`);
      if (binding.loadContents) throw new Refused(`loadContents of ${name}: the content of a file cannot be an argument`);
      this.used.add(name);
      this.placed.push({ position: positionOf(binding.position ?? 0), key: name, elements: this.elements(input, binding) });
    }
  }

  /** Declares what the command uses, and returns its arguments. */
  finish(except: string | undefined): Element[] {
    for (const { name, type, fallback, description } of this.inputs) {
      if (name === except) continue;
      if (!this.used.has(name)) this.notes.push(`the command does not use its input ${name}`);
      else if (!this.draft.has(name)) declare(this.draft, name, { type, fallback, schema: { ...(description && { description }) } });
    }
    const inOrder = this.placed.toSorted((one, other) => one.position - other.position || (one.key < other.key ? -1 : 1));
    return inOrder.flatMap(({ elements }) => elements);
  }

  private elements(input: CwlInput, { prefix, separate = true, itemSeparator }: Binding): Element[] {
    const { name, type, fallback } = input;
    const parameter = parameterName(name);
    const value = `\${${parameter}}`;
    if (type.schema.type === 'boolean') return prefix === undefined ? [] : [{ when: parameter, args: [literal(prefix)] }];
    if (type.schema.type === 'array' && itemSeparator === undefined) return [listElement(input, { prefix, separate, value, parameter })];
    if (itemSeparator !== undefined && type.schema.type === 'array') this.joined(input, itemSeparator);
    const words = prefix === undefined ? [value] : separate ? [literal(prefix), value] : [literal(prefix) + value];
    return type.isOptional && (fallback === undefined || fallback === null) ? [words] : words;
  }

  private joined({ name, type, description }: CwlInput, separator: string): void {
    if (type.schema.items && (type.schema.items as { format?: string }).format === 'file')
      throw new Refused(`the paths of the files ${name} cannot be joined by '${separator}'`);
    this.notes.push(`${name} is one text here: its items, joined by '${separator}'`);
    declare(this.draft, name, {
      type: { ...type, schema: { type: 'string' } },
      schema: { description: description ?? `items, joined by '${separator}'` },
    });
  }
}

function listElement(
  { name, type }: CwlInput,
  { prefix, separate, value, parameter }: { prefix?: string; separate: boolean; value: string; parameter: string },
): Element {
  const item = type.itemBinding;
  if (prefix !== undefined && (item?.prefix !== undefined || !separate))
    throw new Refused(`the prefixes of the list ${name} are not possible`);
  if (item?.prefix === undefined) return prefix === undefined ? { each: parameter, args: [value] } : [literal(prefix), value];
  return { each: parameter, args: item.separate === false ? [literal(item.prefix) + value] : [literal(item.prefix), value] };
}

function positionOf(position: unknown): number {
  if (typeof position === 'number') return position;
  throw new Refused('a position that is an expression is not possible');
}
