// Reads the settings: flags before the environment before a file, each value by its row of the table.
import { readFileSync } from 'node:fs';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import type { SettingRow } from './setting-types.js';
import { type Settings, settingRows } from './settings.js';

export interface SettingSources {
  /** NAME=VALUE, from --set. */
  flags: Record<string, string>;
  environment: NodeJS.ProcessEnv;
  configFile?: string;
}

/** Flags before environment before file. Throws an Error that names the setting, the value and what is allowed. */
export function readSettings({ flags, environment, configFile }: SettingSources): Settings {
  const file = configFile === undefined ? {} : readConfigFile(configFile);
  const known = new Set(Object.values(settingRows).flatMap(({ name, alias, secret }) => [name, alias, secret && `${name}_FILE`]));
  for (const name of [...Object.keys(flags), ...Object.keys(file)]) {
    if (!known.has(name)) throw new Error(`there is no setting ${shownName(name)}; docs/configuration.md lists them all`);
  }
  const sources = [flags, environment as Record<string, string>, file];
  return Object.fromEntries(
    Object.entries(settingRows).map(([key, row]) => [key, readOne(row as SettingRow<unknown>, sources)]),
  ) as unknown as Settings;
}

/** What looks unlike a name can be a value, and that of a secret. */
function shownName(name: string): string {
  return /^[A-Z][A-Z0-9_]*$/.test(name) ? name : 'of such a name';
}

function readConfigFile(path: string): Record<string, string> {
  const content = parseConfig(path, readFileSync(path, 'utf8'));
  return Object.fromEntries(Object.entries(content).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]));
}

/** The parser's own messages show the lines around a fault, where secrets may stand. */
function parseConfig(path: string, text: string): Record<string, unknown> {
  try {
    return (parseYaml(text, { logLevel: 'error' }) ?? {}) as Record<string, unknown>;
  } catch (error) {
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    const where = line === undefined ? '' : ` in line ${line}`;
    throw new Error(`${path} is not readable as YAML${where}; put values that begin with a sign, or hold ': ' or ' #', into quotes`);
  }
}

function readOne(row: SettingRow<unknown>, sources: Record<string, string>[]): unknown {
  const value = givenText(row, sources) ?? row.fallback;
  if (value === undefined) return undefined;
  try {
    return row.parse(value);
  } catch (error) {
    throw new Error(`${row.name} is ${row.secret ? 'not readable' : `'${value}'`}; allowed is ${(error as Error).message}`);
  }
}

function givenText({ name, alias, secret }: SettingRow<unknown>, sources: Record<string, string>[]): string | undefined {
  for (const source of sources) {
    const file = secret ? source[`${name}_FILE`] : undefined;
    const value = source[name] ?? (file && readSecret(name, file)) ?? (alias && source[alias]);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** The secret itself may have been given in place of the file's name: that name is not printed. */
function readSecret(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new Error(`the file that ${name}_FILE names cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'not a file name'}`);
  }
}
