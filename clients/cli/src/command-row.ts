// What a command is: a row of the table from which the parser, the help, the completion, the man page and docs/cli.md are made.
import type { Session } from './session.js';

/** Flags and description as the help shows them, and the value without the option. */
export interface OptionRow {
  /** As commander reads them: `-f, --follow`, `--since <time>`. */
  flags: string;
  summary: string;
  default?: string;
  /** May be given several times; its value is a list. */
  repeats?: boolean;
}

/** What completes an operand or the value of an option. */
export type Completed = 'definition' | 'run' | 'file' | 'server' | 'binding' | 'user' | 'lane';

export interface CommandRow {
  /** As it is typed behind `procreg`: `def ls`. */
  path: string;
  /** As the help shows them: `<name> [file...]`. */
  operands?: string;
  summary: string;
  /** More about it: paragraphs, for the help, the man page and docs/cli.md. */
  details?: string;
  /** Lines that can be typed. */
  examples?: string[];
  options?: OptionRow[];
  /** What completes each operand; the last one completes those that follow. */
  completes?: Completed[];
  /** Everything behind the first operand belongs to something else and is not parsed. */
  passThrough?: boolean;
  /** Loads the module of the command; it is loaded when the command runs, and not before. */
  load: () => Promise<Act>;
}

/** Carries out a command. Returns the exit code, 0 when it returns nothing; throws a Failure. */
export type Act = (session: Session, operands: string[], options: Options) => Promise<number | undefined>;

/** By the long name of the option in camel case. */
export type Options = Record<string, string | boolean | string[] | undefined>;
