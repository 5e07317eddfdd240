// Writes a definition as a CommandLineTool of CWL v1.2, whose run by an engine of CWL gives the same bytes; throws Refused where that is not possible.
import { type ArgumentGroup, isService, type ProcessDefinition } from '../model/definition.js';
import { CwlInputs } from './cwl-export-inputs.js';
import { streamsOf } from './cwl-export-streams.js';
import { Refused } from './imported.js';

export function cwlOf(stored: ProcessDefinition): Record<string, unknown> {
  const lost = ['cwd', 'run_as'].find((key) => stored[key] !== undefined);
  if (lost !== undefined) throw new Refused(`${lost} has no counterpart in CWL`);
  if (isService(stored)) throw new Refused('CWL knows no services');
  const { definition, glob, ...streams } = streamsOf(stored);
  const inputs = new CwlInputs(definition);
  for (const [index, element] of (definition.argv ?? []).entries()) addElement(inputs, element, index + 1);
  const requirements = requirementsOf(definition, inputs);
  const codes = definition.success_exit_codes?.filter((code) => code !== 0) ?? [];
  const stream = 'stdout' in streams ? 'stdout' : 'stderr' in streams ? 'stderr' : undefined;
  const output = glob === undefined ? stream && { type: stream } : { type: 'File', outputBinding: { glob: inputs.text(glob) } };
  return {
    cwlVersion: 'v1.2',
    class: 'CommandLineTool',
    ...(definition.name !== undefined && { id: definition.name }),
    ...(definition.description !== undefined && { doc: definition.description }),
    ...(Object.keys(requirements).length > 0 && { requirements }),
    baseCommand: programOf(definition),
    ...(inputs.arguments.length > 0 && { arguments: inputs.arguments }),
    ...streams,
    inputs: inputs.all,
    outputs: output ? { output } : {},
    ...(codes.length > 0 && { successCodes: [0, ...codes] }),
  };
}

/** A script among the files by its interpreter: an engine does not make it executable. */
function programOf({ exec, files = {} }: ProcessDefinition): string[] {
  const path = exec.replace(/^\.\//, '');
  if (!Object.hasOwn(files, path)) return [exec];
  const text = files[path];
  const shebang = typeof text === 'string' ? /^#!\s*(.+)/.exec(text)?.[1].trim() : undefined;
  if (shebang === undefined) throw new Refused(`${exec} has no first line that says by what it is run`);
  const [interpreter, argument] = [/^\S+/.exec(shebang)?.[0] ?? '', shebang.replace(/^\S+\s*/, '')];
  if (argument.startsWith('-S')) return [interpreter, ...argument.slice(2).trim().split(/\s+/), path];
  return [interpreter, ...(argument ? [argument] : []), path];
}

function addElement(inputs: CwlInputs, element: string | ArgumentGroup, position: number): void {
  if (typeof element === 'string') return inputs.addWord(element, position);
  if (Array.isArray(element)) return inputs.addGroup(element, position);
  const { when, each, args } = element;
  if (when !== undefined) return inputs.addSwitch(when, args, position);
  if (each !== undefined) return inputs.addEach(each, args, position);
  throw new Refused('a group without when and each');
}

function requirementsOf({ environment = {}, files = {}, timeout }: ProcessDefinition, inputs: CwlInputs): Record<string, unknown> {
  const listing = Object.entries(files).map(([entryname, content]) => {
    if (typeof content !== 'string') throw new Refused(`the file ${entryname} is not a text`);
    if (/[$\\]/.test(entryname)) throw new Refused(`CWL might take the name of the file ${entryname} for an expression`);
    return { entryname, entry: inputs.file(entryname, content) };
  });
  const variables = Object.entries(environment).map(([name, value]) => {
    if (typeof value !== 'string') throw new Refused(`the variable ${name} is a secret`);
    return [name, inputs.text(value)];
  });
  return {
    ...(listing.length > 0 && { InitialWorkDirRequirement: { listing } }),
    ...(variables.length > 0 && { EnvVarRequirement: { envDef: Object.fromEntries(variables) } }),
    ...(timeout !== undefined && timeout > 0 && { ToolTimeLimit: { timelimit: Math.ceil(timeout) } }),
  };
}
