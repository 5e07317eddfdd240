// The command that runs code: a constant script for sh, which gets the caller's words only as arguments.
import type { ProcessDefinition } from '../../model/definition.js';
import { escapeTemplate } from '../../model/placeholders.js';
import type { CodeSettings } from './code-settings.js';
import type { Language, LanguageCommand } from './language.js';
import type { CodeRequest } from './read-code.js';

/** A limit of processes against fork bombs; compilers and virtual machines need some hundred. */
const processBound = 1000;

/** The caller's own commands are scripts for sh by contract: each runs in its own shell, and none after a command that fails. */
const ownScript = 'while [ $# -gt 1 ]; do sh -c "$1" || exit; shift; done; exec sh -c "$1"';

/** Without LANG, javac accepts only ASCII letters in a source, and java and ruby write only ASCII. */
const environment = { LANG: 'C.UTF-8' };

type Bounds = Pick<CodeSettings, 'maxExecutionMs' | 'maxOutputBytes' | 'maxMemoryBytes'>;

const bounds = ({ maxExecutionMs, maxOutputBytes, maxMemoryBytes }: Bounds) => ({
  timeout: maxExecutionMs / 1000,
  stop: { grace: 0 },
  limits: { processes: processBound, output_bytes: maxOutputBytes, tree_memory: maxMemoryBytes },
});

export interface CodeProgram {
  language?: Language;
  command?: LanguageCommand;
  bounds: Bounds;
}

/** Either `command` or the request's own commands must be given. */
export function codeProgram(request: CodeRequest, program: CodeProgram): ProcessDefinition {
  const [script, words] = request.commands ? [ownScript, request.commands] : languageScript(request, program);
  return {
    exec: '/bin/sh',
    argv: ['-c', escapeTemplate(script), 'sh', ...words.map(escapeTemplate)],
    environment,
    lane: 'code',
    output_adapter: { output_type: 'none' },
    ...(program.language?.application !== undefined && { application: program.language.application }),
    ...bounds(program.bounds),
  };
}

function languageScript({ files }: CodeRequest, { language, command }: CodeProgram): [string, string[]] {
  const { build, run } = command!;
  const { extensions = [], lastFirst } = language!;
  const [main, ...others] = files.map(({ name }) => name);
  const further = others.filter((name) => extensions.includes(name.slice(name.lastIndexOf('.') + 1))).map(asPath);
  if (lastFirst) further.reverse();
  const built = build ? `${build} && ` : '';
  // exec: the program replaces the shell, so that its signals and its end are those of the run
  const script = `f=$1 t=$2; shift 2; ${built}exec ${run}`;
  return [script, [asPath(main), titleOf(main), ...further]];
}

/** Protects a name that begins with a dash from being read as an option. */
function asPath(name: string): string {
  return name.startsWith('-') ? `./${name}` : name;
}

function titleOf(name: string): string {
  const stem = name.slice(name.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  return stem.charAt(0).toUpperCase() + stem.slice(1);
}
