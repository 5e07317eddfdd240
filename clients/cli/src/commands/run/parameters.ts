// Reads the words behind the name of a definition: they are its parameters, as their declarations say.
import { declaredParameters, type ParameterSchema, type ProcessDefinition, takesFiles } from '../../../../../src/model/definition.js';
import { suggestions } from '../../../../../src/model/near-names.js';
import { exitCodes, Failure } from '../../failure.js';

/** What a parameter was given: texts, or booleans of flags, in their order; files are paths. */
export interface GivenParameter {
  name: string;
  schema: ParameterSchema;
  values: (string | boolean)[];
}

const isOfType = ({ type }: ParameterSchema, wanted: string) => type === wanted || (Array.isArray(type) && type.includes(wanted));

const isFlag = (schema: ParameterSchema) => isOfType(schema, 'boolean') && !isOfType(schema, 'string');

/** Whether it may be given more than once. */
export const isList = (schema: ParameterSchema) => isOfType(schema, 'array');

/** Throws a Failure for a word that is not one of the parameters of `definition`, which users call `called`. */
export function givenParameters(called: string, definition: ProcessDefinition, words: string[]): GivenParameter[] {
  const declared = declaredParameters(definition);
  const given = new Map<string, GivenParameter>();
  for (let at = 0; at < words.length; at++) {
    const { written, text, isNot, name } = readWord(called, declared, words[at]);
    const schema = declared[name];
    const value = isNot ? false : (text ?? (isFlag(schema) ? true : words[++at]));
    if (value === undefined) throw wrong(`--${written} needs a value`, called);
    const known = given.get(name) ?? { name, schema, values: [] };
    if (known.values.length > 0 && !isList(schema)) throw wrong(`--${written} is given twice, and is not a list`, called);
    known.values.push(isFlag(schema) ? flagOf(written, value, called) : value);
    given.set(name, known);
  }
  refuseMissing(called, definition, given);
  return [...given.values()];
}

interface Word {
  /** As it was written, without the dashes. */
  written: string;
  /** What stands behind `=`. */
  text?: string;
  /** --no-NAME */
  isNot: boolean;
  name: string;
}

function readWord(called: string, declared: Record<string, ParameterSchema>, word: string): Word {
  const [, written = '', text] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (written === '')
    throw wrong(`unexpected '${word}': parameters are given as --name value; options of procreg stand before ${called}`, called);
  const name = nameOf(declared, written);
  if (name !== undefined) return { written, text, isNot: false, name };
  const negated = written.startsWith('no-') ? nameOf(declared, written.slice(3)) : undefined;
  if (negated !== undefined && text === undefined && isFlag(declared[negated])) return { written, isNot: true, name: negated };
  throw wrong(`${called} has no parameter '${written}'${suggestions(Object.keys(declared))(written)}`, called);
}

/** A name with `_` may be written with `-`. */
function nameOf(declared: Record<string, ParameterSchema>, written: string): string | undefined {
  if (Object.hasOwn(declared, written)) return written;
  const alike = Object.keys(declared).filter((name) => name.replaceAll('_', '-') === written);
  return alike.length === 1 ? alike[0] : undefined;
}

function flagOf(written: string, value: string | boolean, called: string): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw wrong(`--${written} is true or false, not '${value}'`, called);
}

function refuseMissing(called: string, { parameters }: ProcessDefinition, given: Map<string, GivenParameter>): void {
  const missing = (parameters?.required ?? []).filter((name) => !given.has(name) && parameters?.properties?.[name]?.default === undefined);
  if (missing.length > 0) throw wrong(`${called} needs ${missing.map((name) => `--${name}`).join(', ')}`, called);
}

/** What the server would refuse as well. */
function wrong(message: string, called: string): Failure {
  return new Failure(message, { exitCode: exitCodes.refused, hint: `procreg run ${called} --help` });
}

export const isFileParameter = ({ schema }: GivenParameter) => takesFiles(schema);

/** The value for a JSON body, as the server reads a query: lists and objects may be JSON, all else is text that it coerces. */
export function jsonValue({ name, schema, values }: GivenParameter): unknown {
  const [first] = values;
  const isJson = isOfType(schema, 'object') || (isList(schema) && typeof first === 'string' && first.trimStart().startsWith('['));
  if (values.length === 1 && isJson && typeof first === 'string') return parsed(name, first);
  return isList(schema) ? values : first;
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure(`--${name} is not JSON: ${(error as Error).message}`, { exitCode: exitCodes.refused });
  }
}
