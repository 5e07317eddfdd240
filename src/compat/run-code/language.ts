// What a language of the run-code interface is, and which of its commands this machine has the tools for.
import { accessSync, constants, realpathSync } from 'node:fs';
import { join } from 'node:path';

export interface LanguageCommand {
  /** Programs that are looked up in the PATH of runs; all of them are needed. */
  tools: string[];
  /** When it fails, `run` does not follow. */
  build?: string;
  run: string;
}

export interface Language {
  language: string;
  /** Of the further files that a command gets. */
  extensions?: string[];
  /** The further files in the opposite order: a library before what it needs. */
  lastFirst?: boolean;
  commands: LanguageCommand[];
  /** Where it runs, as in a definition. */
  application?: string;
}

/** Where tools are looked for. `seen`: what a program in the sandbox sees, undefined: everything. */
export interface ToolPlaces {
  path: string;
  seen?: RegExp;
}

/** Undefined when for none of the commands all tools are there. */
export function commandOf({ commands }: Language, places: ToolPlaces): LanguageCommand | undefined {
  return commands.find(({ tools }) => tools.every((tool) => hasTool(tool, places)));
}

function hasTool(tool: string, { path, seen }: ToolPlaces): boolean {
  return path.split(':').some((folder) => {
    try {
      const file = join(folder, tool);
      accessSync(file, constants.X_OK);
      return seen === undefined || seen.test(realpathSync(file));
    } catch {
      return false;
    }
  });
}

/** What is missing, for people. */
export function missingTools({ commands }: Language): string {
  return commands.map(({ tools }) => tools.join(' and ')).join(', or ');
}
