// Turns argv, environment and paths of a definition into plain strings once every placeholder has its value.
import type { ArgumentGroup, ProcessDefinition } from './definition.js';
import { perDefinition } from './per-definition.js';
import { parseTemplate, type TemplatePart } from './placeholders.js';

/** Values by placeholder name; a list fills one whole argument, undefined is unset. */
export type PlaceholderValues = Record<string, unknown>;

type Template = TemplatePart[];

/** One argument, or a group of them; `when` names the parameter of a group with a condition. */
interface Words {
  templates: Template[];
  isGroup: boolean;
  when: string | null;
}

const wordsOf = perDefinition((definition) => (definition.argv ?? definition.args ?? []).map(asWords));

function asWords(element: string | ArgumentGroup): Words {
  if (typeof element === 'string') return { templates: [parseTemplate(element)], isGroup: false, when: null };
  if (Array.isArray(element)) return { templates: element.map(parseTemplate), isGroup: true, when: null };
  return { templates: element.args.map(parseTemplate), isGroup: true, when: element.when };
}

/** The argument list: groups with an unset parameter are dropped, a list that fills an argument becomes one each. */
export function expandArguments(definition: ProcessDefinition, values: PlaceholderValues): string[] {
  const words: string[] = [];
  for (const { templates, isGroup, when } of wordsOf(definition)) {
    if (when !== null && !isOn(values[when])) continue;
    if (isGroup && !templates.every((template) => isSet(template, values))) continue;
    for (const template of templates) addArgument(words, template, values);
  }
  return words;
}

function isOn(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== '' && value !== 0;
}

/** Whether every placeholder of the template has a value. */
function isSet(template: Template, values: PlaceholderValues): boolean {
  return template.every((part) => !('name' in part) || values[part.name] !== undefined);
}

function addArgument(words: string[], template: Template, values: PlaceholderValues): void {
  const [first] = template;
  const only = template.length === 1 && 'name' in first ? values[first.name] : undefined;
  if (Array.isArray(only)) words.push(...only.map(asText));
  else words.push(expandTemplate(template, values));
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

const variablesOf = perDefinition(({ environment = {} }) =>
  Object.entries(environment).map(([name, text]) => ({ name, template: parseTemplate(text) })),
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
