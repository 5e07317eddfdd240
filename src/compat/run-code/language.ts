// A language of the run-code interface, and which of its commands have their tools on this machine.
import { accessSync, constants, realpathSync } from 'node:fs';
import { join } from 'node:path';

export interface LanguageCommand {
  /** Programs that are looked up in the PATH of runs; the command needs all of them. */
  tools: string[];
  /** The build step; when it fails, `run` is not started. */
  build?: string;
  run: string;
}

export interface Language {
  language: string;
  /** The extensions of the further files that a command gets. */
  extensions?: string[];
  /** True: the further files come in reverse order, a library before what it needs. */
  lastFirst?: boolean;
  commands: LanguageCommand[];
  /** The `application` of the language, as in a definition. */
  application?: string;
}

/** Where tools are looked up. `seen`: what a program in the sandbox sees; undefined: everything. */
export interface ToolPlaces {
  path: string;
  seen?: RegExp;
}

/** Undefined when every command lacks a tool. */
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

/** The missing tools, for people. */
export function missingTools({ commands }: Language): string {
  return commands.map(({ tools }) => tools.join(' and ')).join(', or ');
}
