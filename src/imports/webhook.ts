// The hooks.json (or YAML) of adnanh/webhook: each hook becomes a definition; who may call it, and when, is said.
import {
  Draft,
  type Imported,
  type ImportedFiles,
  imported,
  literal,
  type NamedDefinition,
  nameOf,
  parsedYaml,
  Refused,
  withUniqueNames,
} from './imported.js';

interface Argument {
  source?: string;
  name?: string;
  envname?: string;
  base64decode?: boolean;
}

interface Hook {
  id?: string;
  'execute-command'?: string;
  'command-working-directory'?: string;
  'pass-arguments-to-command'?: Argument[];
  'pass-environment-to-command'?: Argument[];
  'pass-file-to-command'?: Argument[];
  [key: string]: unknown;
}

const carried = new Set([
  'id',
  'execute-command',
  'command-working-directory',
  'pass-arguments-to-command',
  'pass-environment-to-command',
  'pass-file-to-command',
  // the output is always in the answer, and so is its failure
  'include-command-output-in-response',
  'include-command-output-in-response-on-error',
]);

export function importWebhook(files: ImportedFiles): Imported[] {
  const [text] = Object.values(files);
  const hooks = parsedHooks(text);
  return withUniqueNames(hooks.map((hook, index) => imported(`hook ${hook.id ?? index + 1}`, (notes) => definitionOf(hook, notes))));
}

/** Throws Refused when the file as a whole cannot be read. */
function parsedHooks(text: string): Hook[] {
  const hooks = parsedOrTemplate(text);
  if (!Array.isArray(hooks) || hooks.some((hook) => typeof hook !== 'object' || hook === null))
    throw new Refused('a list of hooks is expected');
  return hooks as Hook[];
}

/** A whole file may be a template, which is neither JSON nor YAML. */
function parsedOrTemplate(text: string): unknown {
  try {
    return parsedYaml(text);
  } catch (error) {
    throw error instanceof Refused && /\{\{.*\}\}/.test(text) ? new Refused(templates) : error;
  }
}

const templates = 'it has templates ({{ … }}), whose values only webhook knows';

function definitionOf(hook: Hook, notes: string[]): NamedDefinition {
  const { id = '', 'execute-command': exec, 'command-working-directory': cwd } = hook;
  if (!exec) throw new Refused('there is no execute-command');
  if (JSON.stringify(hook).includes('{{')) throw new Refused(templates);
  const draft = new Draft();
  for (const argument of hook['pass-arguments-to-command'] ?? []) draft.argv.push(argumentOf(draft, argument));
  const environment: Record<string, string> = {};
  for (const argument of hook['pass-environment-to-command'] ?? []) environment[variableOf(argument, notes)] = argumentOf(draft, argument);
  for (const argument of hook['pass-file-to-command'] ?? []) environment[fileVariable(argument)] = fileOf(draft, argument, notes);
  for (const key of Object.keys(hook).filter((key) => !carried.has(key))) notes.push(noteOf(key, hook[key]));
  return {
    name: nameOf(id),
    description: `The hook ${id} of webhook`,
    exec,
    ...(draft.argv.length > 0 && { argv: draft.argv }),
    ...(cwd && { cwd: literal(cwd) }),
    ...(Object.keys(environment).length > 0 && { environment }),
    input_adapter: { input_type: 'none' },
    ...draft.parameters,
  };
}

/** What the sender of the hook gave is a parameter of the definition. */
function argumentOf(draft: Draft, { source, name = '' }: Argument): string {
  if (source === 'string') return literal(name);
  if (source === 'payload') return given(draft, name, `${name} of the payload`);
  if (source === 'header') return given(draft, name, `the header ${name}`);
  if (source === 'url' || source === 'query') return given(draft, name, `${name} of the query`);
  if (source === 'request') return given(draft, name, `the ${name} of the request`);
  if (source === 'entire-payload' || source === 'raw-request-body') return given(draft, 'payload', 'the whole payload, as JSON');
  if (source === 'entire-headers') return given(draft, 'headers', 'all headers, as JSON');
  if (source === 'entire-query') return given(draft, 'query', 'the whole query, as JSON');
  throw new Refused(`unknown source '${source ?? ''}' of an argument`);
}

/** What the sender leaves out is empty for webhook. */
function given(draft: Draft, name: string, description: string): string {
  return draft.parameter(name, { type: 'string', description, default: '', allow_leading_dash: true });
}

function variableOf({ envname, name = '' }: Argument, notes: string[]): string {
  const variable = envname ?? `HOOK_${name}`;
  const allowed = variable.replace(/\W/g, '_');
  if (allowed !== variable) notes.push(`its variable ${variable} is called ${allowed}: names of variables have letters, digits and _`);
  return allowed;
}

function fileVariable({ envname, name = '' }: Argument): string {
  return envname ?? `HOOK_${name.replace(/\W+/g, '_')}`.toUpperCase();
}

function fileOf(draft: Draft, { source, name = '', base64decode }: Argument, notes: string[]): string {
  if (source !== 'payload' && source !== 'entire-payload') throw new Refused(`a file from the source '${source ?? ''}' is not known`);
  if (base64decode) notes.push(`${name} is sent as a file, and not as base64`);
  return draft.parameter(name || 'payload', { type: 'string', format: 'file', description: `${name || 'the payload'}, as a file` });
}

function noteOf(key: string, value: unknown): string {
  if (key === 'trigger-rule')
    return `its trigger-rule (${[...new Set(conditionsOf(value))].join('; ')}) is not carried over: anyone who may run the definition runs it, and nobody without a login`;
  if (key === 'response-message') return 'its response-message is not carried over: the answer is the output';
  return `${key} is not carried over`;
}

/** What a rule looks at, without the values and secrets that it compares with. */
function conditionsOf(rule: unknown): string[] {
  if (typeof rule !== 'object' || rule === null) return [];
  if (Array.isArray(rule)) return rule.flatMap(conditionsOf);
  const { match } = rule as { match?: { type?: string; parameter?: Argument } };
  if (match === undefined) return Object.values(rule).flatMap(conditionsOf);
  const { source, name } = match.parameter ?? {};
  return [`${match.type ?? 'match'}${source ? ` of ${source} ${name ?? ''}`.trimEnd() : ''}`];
}
