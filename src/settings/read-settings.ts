// Reads the settings: flags override the environment, which overrides a file; each value is parsed by its row of the table.
import { readFileSync } from 'node:fs';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import type { SettingRow } from './setting-types.js';
import { type Settings, settingRows } from './settings.js';

export interface SettingSources {
  /** The NAME=VALUE pairs of --set. */
  flags: Record<string, string>;
  environment: NodeJS.ProcessEnv;
  configFile?: string;
}

/** Flags override the environment, which overrides a file. Throws an Error that names the setting, the value and what is allowed. */
export function readSettings({ flags, environment, configFile }: SettingSources): Settings {
  const file = configFile === undefined ? {} : readConfigFile(configFile);
  const known = new Set(Object.values(settingRows).flatMap(({ name, alias, secret }) => [name, alias, secret && `${name}_FILE`]));
  for (const name of [...Object.keys(flags), ...Object.keys(file)]) {
    if (!known.has(name)) throw new Error(`unknown setting${shownName(name)}; docs/configuration.md lists all settings`);
  }
  const sources = [flags, environment as Record<string, string>, file];
  return Object.fromEntries(
    Object.entries(settingRows).map(([key, row]) => [key, readOne(row as SettingRow<unknown>, sources)]),
  ) as unknown as Settings;
}

/** A text that does not look like a name is not shown, because it may be a secret value. */
function shownName(name: string): string {
  return /^[A-Z][A-Z0-9_]*$/.test(name) ? ` ${name}` : '';
}

function readConfigFile(path: string): Record<string, string> {
  const content = parseConfig(path, readFileSync(path, 'utf8'));
  return Object.fromEntries(Object.entries(content).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]));
}

/** The messages of the parser itself are not shown, because they contain the lines around a fault, and these may contain secrets. */
function parseConfig(path: string, text: string): Record<string, unknown> {
  try {
    return (parseYaml(text, { logLevel: 'error' }) ?? {}) as Record<string, unknown>;
  } catch (error) {
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    const where = line === undefined ? '' : ` in line ${line}`;
    throw new Error(
      `${path} is not valid YAML${where}; put values that begin with a punctuation character, or contain ': ' or ' #', into quotes`,
    );
  }
}

function readOne(row: SettingRow<unknown>, sources: Record<string, string>[]): unknown {
  const value = givenText(row, sources) ?? row.fallback;
  if (value === undefined) return undefined;
  try {
    return row.parse(value);
  } catch (error) {
    throw new Error(`${row.name} must be ${(error as Error).message}${row.secret ? '' : `, got '${value}'`}`);
  }
}

function givenText({ name, alias, secret, emptyCounts }: SettingRow<unknown>, sources: Record<string, string>[]): string | undefined {
  for (const source of sources) {
    const file = secret ? source[`${name}_FILE`] : undefined;
    const value = source[name] ?? (file && readSecret(name, file)) ?? (alias && source[alias]);
    if (value !== undefined && (value !== '' || emptyCounts)) return value;
  }
  return undefined;
}

/** The name of the file is not printed, because the secret itself may have been given in its place. */
function readSecret(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new Error(`the file that ${name}_FILE names cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'not a file name'}`);
  }
}
