// What the source of a script says about its options and arguments, in whatever language it is written.
import type { ParameterSchema } from '../../model/definition.js';

export interface FoundOption {
  /** How the parameter is called: bitrate. */
  name: string;
  /** How the script is given it: --bitrate, -b. */
  flag: string;
  /** Null: a switch without a value. */
  schema: ParameterSchema | null;
  /** The flag stands once before all items of a list, and not before each. */
  isOnce?: boolean;
  /** Flag and value are one word: --bitrate=192k. */
  isJoined?: boolean;
  required?: boolean;
  description?: string;
}

export interface FoundArgument {
  name: string;
  schema: ParameterSchema;
  /** It stands for all further arguments. */
  isRest?: boolean;
  required: boolean;
}

export interface FoundScript {
  description?: string;
  options: FoundOption[];
  arguments: FoundArgument[];
  readsInput: boolean;
  /** A library is told everything: what the usage says adds nothing. */
  isDeclared?: boolean;
  /** Why no definition can be made of it. */
  refused?: string;
}

export const stringList: ParameterSchema = { type: 'array', items: { type: 'string' } };

export const severalCommands = 'it has subcommands, each with other parameters: write a definition for each';
