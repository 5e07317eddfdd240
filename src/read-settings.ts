// Reads the settings: flags before the environment before a file, each value by its row of the table.
import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { type Settings, settingRows } from './config.js';
import type { SettingRow } from './setting-types.js';

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
    if (!known.has(name)) throw new Error(`there is no setting ${name}; docs/configuration.md lists them all`);
  }
  const sources = [flags, environment as Record<string, string>, file];
  return Object.fromEntries(
    Object.entries(settingRows).map(([key, row]) => [key, readOne(row as SettingRow<unknown>, sources)]),
  ) as unknown as Settings;
}

function readConfigFile(path: string): Record<string, string> {
  const content = (parseYaml(readFileSync(path, 'utf8')) ?? {}) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(content).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]));
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
    const value = source[name] ?? (file && readFileSync(file, 'utf8').replace(/\r?\n$/, '')) ?? (alias && source[alias]);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}
