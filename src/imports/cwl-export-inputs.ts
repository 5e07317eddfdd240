// The inputs and arguments of a CWL tool that is written of a definition: each parameter, and each text in which CWL would see an expression.
import { declaredParameters, type ParameterSchema, type ProcessDefinition } from '../model/definition.js';
import { parseTemplate, type TemplatePart } from '../model/placeholders.js';
import { Refused } from './imported.js';

type Entry = Record<string, unknown>;

const types: Record<string, string> = { string: 'string', integer: 'long', number: 'double', boolean: 'boolean' };

export class CwlInputs {
  readonly arguments: Entry[] = [];
  /** By their names. */
  readonly all: Record<string, Entry> = {};
  private readonly declared: Record<string, ParameterSchema>;
  private readonly required: Set<string>;

  constructor(definition: ProcessDefinition) {
    this.declared = declaredParameters(definition);
    this.required = new Set(definition.parameters?.required);
    for (const name of Object.keys(this.declared)) this.all[name] = { type: this.typeOf(name), ...this.defaultOf(name) };
  }

  /** An argument that is always there. */
  addWord(template: string, position: number): void {
    const [name, prefix] = this.bound(template);
    if (name === undefined) return void this.arguments.push({ position, valueFrom: this.text(template) });
    this.bind(name, { position, ...(prefix && { prefix, separate: false }) });
  }

  /** Arguments that are there when their parameter has a value. */
  addGroup(words: string[], position: number): void {
    const [name, prefix] = this.bound(words.at(-1) ?? '');
    if (name !== undefined && words.length === 1) return this.bind(name, { position, ...(prefix && { prefix, separate: false }) });
    const flag = this.literal(words[0] ?? '');
    if (name === undefined || prefix || flag === undefined || words.length !== 2)
      throw new Refused(`the group ${JSON.stringify(words)} needs an expression`);
    this.bind(name, { position, prefix: flag });
  }

  addSwitch(name: string, words: string[], position: number): void {
    const flag = this.literal(words[0] ?? '');
    if (this.declared[name]?.type !== 'boolean' || words.length !== 1 || flag === undefined)
      throw new Refused(`the group of ${name} is more than one switch`);
    this.bind(name, { position, prefix: flag });
  }

  addEach(name: string, words: string[], position: number): void {
    const [value, joined] = this.bound(words.at(-1) ?? '');
    const flag = words.length === 2 ? this.literal(words[0]) : joined;
    if (value !== name || words.length > 2 || (words.length === 2 && (flag === undefined || joined)))
      throw new Refused(`the group of ${name} is more than a flag before each item`);
    if (!flag) return this.bind(name, { position });
    const items = this.itemsOf(name);
    this.all[name].type = this.optional(name, { type: 'array', items, inputBinding: { prefix: flag, ...(joined && { separate: false }) } });
    this.bind(name, { position });
  }

  /** A text with references in place of placeholders. */
  text(template: string): string {
    return parseTemplate(template)
      .map((part) => ('name' in part ? this.reference(part.name) : this.plain(part.literal)))
      .join('');
  }

  /** A text in a place where CWL would evaluate expressions; a backslash at its end would escape one that follows. */
  private plain(text: string): string {
    return /\$[({]|\\$/.test(text) ? `$(inputs.${this.constant(text)})` : text;
  }

  /** The reference to a text file that comes with the tool. */
  file(basename: string, contents: string): string {
    return `$(inputs.${this.add('file', { type: 'File', default: { class: 'File', basename: basename.replace(/^.*\//, ''), contents } })})`;
  }

  /** A further input, called so or with a number. */
  private add(wanted: string, input: Entry): string {
    let name = wanted;
    for (let count = 2; Object.hasOwn(this.all, name); count++) name = `${wanted}_${count}`;
    this.all[name] = input;
    return name;
  }

  private bind(name: string, binding: Entry): void {
    if (this.all[name].inputBinding) throw new Refused(`${name} stands twice in its arguments`);
    this.all[name].inputBinding = binding;
  }

  private constant(text: string): string {
    return this.add('text', { type: 'string', default: text });
  }

  private literal(template: string): string | undefined {
    const parts = parseTemplate(template);
    return parts.every((part) => 'literal' in part) ? parts.map((part) => ('literal' in part ? part.literal : '')).join('') : undefined;
  }

  /** For --flag=${name}: the parameter and what stands before it. A switch has no value. */
  private bound(template: string): [name: string | undefined, prefix: string] {
    const parts: TemplatePart[] = parseTemplate(template);
    const last = parts.at(-1);
    const before = parts.length === 2 && 'literal' in parts[0] ? parts[0].literal : '';
    if (!last || !('name' in last) || !Object.hasOwn(this.declared, last.name) || parts.length > 2 || (parts.length === 2 && before === ''))
      return [undefined, ''];
    if (this.declared[last.name].type === 'boolean')
      throw new Refused(`${last.name} is written as true or false, which is a switch in CWL`);
    return [last.name, before];
  }

  private reference(name: string): string {
    if (name === 'workdir') return '$(runtime.outdir)';
    const schema = Object.hasOwn(this.declared, name) ? this.declared[name] : undefined;
    if (!schema) throw new Refused(`\${${name}} has no counterpart in CWL`);
    if (schema.type === 'array' || schema.type === 'boolean') throw new Refused(`${name} is not a text inside of another`);
    if (!this.required.has(name) && schema.default === undefined) throw new Refused(`${name} may be missing inside of a text`);
    return `$(inputs${/^\w+$/.test(name) ? `.${name}` : `['${name}']`}${schema.format === 'file' ? '.path' : ''})`;
  }

  private typeOf(name: string): unknown {
    const { type } = this.declared[name];
    return this.optional(name, type === 'array' ? { type: 'array', items: this.itemsOf(name) } : this.single(name, this.declared[name]));
  }

  private itemsOf(name: string): unknown {
    const { items } = this.declared[name];
    return typeof items === 'object' ? this.single(name, items) : 'string';
  }

  private single(name: string, { type, format, enum: symbols }: ParameterSchema): unknown {
    if (format === 'file') return 'File';
    const known = typeof type === 'string' ? types[type] : undefined;
    if (known === undefined) throw new Refused(`the type of ${name} (${JSON.stringify(type)}) has no counterpart in CWL`);
    return type === 'string' && symbols?.every((one) => typeof one === 'string') ? { type: 'enum', symbols } : known;
  }

  private optional(name: string, type: unknown): unknown {
    return this.required.has(name) || this.declared[name].default !== undefined ? type : ['null', type];
  }

  private defaultOf(name: string): Entry {
    const { default: fallback, description } = this.declared[name];
    return { ...(fallback !== undefined && { default: fallback }), ...(typeof description === 'string' && { doc: description }) };
  }
}
