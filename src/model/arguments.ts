// Turns argv, environment and paths of a definition into plain strings once every placeholder has its value.
import { type ArgumentGroup, environmentTexts, type ProcessDefinition } from './definition.js';
import { perDefinition } from './per-definition.js';
import { parseTemplate, type TemplatePart } from './placeholders.js';

/** Values by placeholder name; an argument is repeated for each item of a list in it, undefined is unset. */
export type PlaceholderValues = Record<string, unknown>;

type Template = TemplatePart[];

/** One argument, or a group of them; `when` names the parameter of a group with a condition, `each` the list whose items repeat it. */
interface Words {
  templates: Template[];
  isGroup: boolean;
  when?: string;
  each?: string;
}

const wordsOf = perDefinition((definition) => (definition.argv ?? definition.args ?? []).map(asWords));

function asWords(element: string | ArgumentGroup): Words {
  if (typeof element === 'string') return { templates: [parseTemplate(element)], isGroup: false };
  if (Array.isArray(element)) return { templates: element.map(parseTemplate), isGroup: true };
  const { when, each, args } = element;
  return { templates: args.map(parseTemplate), isGroup: true, when, each };
}

/** The argument list: groups with an unset parameter are dropped, and an argument with a list in it becomes one for each item. */
export function expandArguments(definition: ProcessDefinition, values: PlaceholderValues): string[] {
  const words: string[] = [];
  for (const { templates, isGroup, when, each } of wordsOf(definition)) {
    if (when !== undefined && !isOn(values[when])) continue;
    if (isGroup && !templates.every((template) => isSet(template, values))) continue;
    for (const set of each === undefined ? [values] : perItem(values, each)) {
      for (const template of templates) addArgument(words, template, set);
    }
  }
  return words;
}

/** The values once for each item of the list `name`, with that item in its place; a single value is one item. */
function* perItem(values: PlaceholderValues, name: string): Generator<PlaceholderValues> {
  if (values[name] === undefined) return;
  // one copy for all items: there may be very many
  const set = { ...values };
  for (const item of [values[name]].flat()) {
    set[name] = item;
    yield set;
  }
}

function isOn(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== '' && value !== 0;
}

/** Whether every placeholder of the template has a value. */
function isSet(template: Template, values: PlaceholderValues): boolean {
  return template.every((part) => !('name' in part) || values[part.name] !== undefined);
}

function addArgument(words: string[], template: Template, values: PlaceholderValues): void {
  const list = template.find((part) => 'name' in part && Array.isArray(values[part.name]));
  if (!list || !('name' in list)) return void words.push(expandTemplate(template, values));
  for (const set of perItem(values, list.name)) words.push(expandTemplate(template, set));
}

/** `text` with every placeholder replaced, in one pass. */
export function expandText(text: string, values: PlaceholderValues): string {
  return expandTemplate(parseTemplate(text), values);
}

function expandTemplate(template: Template, values: PlaceholderValues): string {
  let text = '';
  for (const part of template) text += 'name' in part ? asText(values[part.name]) : part.literal;
  return text;
}

const variablesOf = perDefinition((definition) =>
  environmentTexts(definition).map(([name, text]) => ({ name, template: parseTemplate(text) })),
);

/** The environment; a variable whose value names an unset parameter is left out. */
export function expandEnvironment(definition: ProcessDefinition, values: PlaceholderValues): Record<string, string> {
  const set = variablesOf(definition).filter(({ template }) => isSet(template, values));
  return Object.fromEntries(set.map(({ name, template }) => [name, expandTemplate(template, values)]));
}

/** The text that replaces a placeholder with this value. */
export function asText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
}
