// The languages that this server knows: those of the table, with the additions and changes of LANGUAGES_FILE.
import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { isObject } from '../../http/json-body.js';
import { commandOf, type Language, type LanguageCommand, missingTools, type ToolPlaces } from './language.js';
import { languageTable } from './language-table.js';

/** A language as `GET /languages` shows it. */
export interface LanguageReport {
  language: string;
  available: boolean;
  /** The tools that are used; null: some are missing. */
  tools: string[] | null;
  /** The tools that would have to be installed, or null. */
  missing: string | null;
}

export class Languages {
  private readonly languages: Map<string, Language>;

  /** Throws an Error in one line when `file` is not a list of languages. */
  constructor(
    private readonly places: ToolPlaces,
    file?: string,
  ) {
    const known = [...languageTable, ...(file === undefined ? [] : readLanguages(file))];
    this.languages = new Map(known.map((language) => [language.language, language]));
  }

  find(name: string): Language | undefined {
    return this.languages.get(name);
  }

  /** The command that would run the language now; tools may be installed and removed. */
  commandOf(language: Language): LanguageCommand | undefined {
    return commandOf(language, this.places);
  }

  get names(): string[] {
    return [...this.languages.keys()];
  }

  report(): LanguageReport[] {
    return [...this.languages.values()].map((language) => {
      const command = this.commandOf(language);
      return {
        language: language.language,
        available: command !== undefined,
        tools: command?.tools ?? null,
        missing: command ? null : missingTools(language),
      };
    });
  }
}

function readLanguages(file: string): Language[] {
  const wrong = (detail: string) => new Error(`LANGUAGES_FILE ${file}: ${detail}`);
  const content: unknown = parseYaml(readFileSync(file, 'utf8'));
  if (!Array.isArray(content)) throw wrong('must be a list of languages');
  for (const entry of content) {
    if (!isLanguage(entry)) throw wrong(`this is no language with commands of tools and run: ${JSON.stringify(entry).slice(0, 200)}`);
  }
  return content;
}

function isLanguage(entry: unknown): entry is Language {
  if (!isObject(entry) || typeof entry.language !== 'string' || entry.language === '') return false;
  if (entry.extensions !== undefined && !isTexts(entry.extensions)) return false;
  return Array.isArray(entry.commands) && entry.commands.length > 0 && entry.commands.every(isCommand);
}

function isCommand(entry: unknown): boolean {
  if (!isObject(entry) || !isTexts(entry.tools) || typeof entry.run !== 'string') return false;
  return entry.build === undefined || typeof entry.build === 'string';
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
