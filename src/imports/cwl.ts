// A CommandLineTool of the Common Workflow Language (v1.0 to v1.2): its inputs become parameters, its output the answer.
import type { AdapterChoice, ProcessDefinition } from '../model/definition.js';
import { CwlCommand, type CwlInput } from './cwl-command.js';
import { entriesOf, requirementsOf } from './cwl-requirements.js';
import { type Binding, typeOf } from './cwl-types.js';
import {
  Draft,
  type Imported,
  type ImportedFiles,
  imported,
  literal,
  type NamedDefinition,
  nameOf,
  parsedYaml,
  Refused,
  withUniqueNames,
} from './imported.js';

type Tool = Record<string, unknown>;

export function importCwl(files: ImportedFiles): Imported[] {
  return withUniqueNames(
    Object.entries(files).map(([path, text]) => imported(path, (notes) => definitionOf({ path, tool: toolOf(text) }, notes))),
  );
}

function toolOf(text: string): Tool {
  const tool = parsedYaml(text.replace(/^#!.*\n/, ''));
  if (typeof tool !== 'object' || tool === null || Array.isArray(tool)) throw new Refused('not a document of CWL');
  const { class: kind, cwlVersion = '' } = tool as Tool;
  if (kind !== 'CommandLineTool')
    throw new Refused(`only a CommandLineTool can be a definition, got ${'$graph' in tool ? '$graph' : String(kind)}`);
  if (!/^v1\.[0-2]/.test(String(cwlVersion))) throw new Refused(`cwlVersion ${String(cwlVersion)}: known are v1.0 to v1.2`);
  return tool as Tool;
}

function definitionOf({ path, tool }: { path: string; tool: Tool }, notes: string[]): NamedDefinition {
  const draft = new Draft(notes);
  const inputs = entriesOf(tool['inputs'], 'id').map(inputOf);
  const command = new CwlCommand(inputs, draft, notes);
  const base = [tool['baseCommand'] ?? []].flat().map(String);
  command.addArguments((tool['arguments'] ?? []) as (string | Binding)[]);
  command.addInputs();
  const message = messageOf(tool['stdin'], inputs);
  const more = requirementsOf(tool, (text) => command.text(text), notes);
  const output = outputOf(tool, command, notes);
  const [exec, ...argv] = [...base.map(literal), ...command.finish(message)];
  if (typeof exec !== 'string' || /(?<!\$)\$\{/.test(exec))
    throw new Refused('it has no baseCommand: which program runs depends on its inputs');
  const codes = tool['successCodes'];
  const description = String(tool['label'] ?? tool['doc'] ?? '').trim();
  return {
    name: nameOf(String(tool['id'] ?? '').replace(/^.*#/, '') || path.replace(/^.*\//, '').replace(/\.cwl$/, '')),
    ...(description && { description }),
    exec,
    ...(argv.length > 0 && { argv }),
    ...more,
    ...(Array.isArray(codes) && { success_exit_codes: [...new Set([0, ...codes.map(Number)])] }),
    input_adapter: message === undefined ? { input_type: 'none' } : stream('input', 'STDIN'),
    ...output,
    ...draft.parameters,
  };
}

function inputOf({ id, type, inputBinding, default: fallback, label, doc }: Tool): CwlInput {
  const name = String(id).replace(/^.*[#/]/, '');
  const description = String(label ?? doc ?? '').trim();
  return {
    name,
    type: typeOf(type),
    fallback,
    ...(inputBinding ? { binding: inputBinding as Binding } : {}),
    ...(description && { description }),
  };
}

function stream(way: 'input' | 'output', name: string): AdapterChoice {
  return { [`${way}_type`]: 'file', [`${way}_parameters`]: { file_type: 'stream', stream_name: name } };
}

/** The file that is the standard input is the message. */
function messageOf(stdin: unknown, inputs: CwlInput[]): string | undefined {
  if (stdin === undefined) return undefined;
  const name = /^\$\(inputs\.([\w-]+)\.path\)$/.exec(String(stdin))?.[1];
  const input = inputs.find((one) => one.name === name);
  if (input?.type.schema.format !== 'file') throw new Refused(`stdin: ${String(stdin)} is not a file among its inputs`);
  if (input.binding) throw new Refused(`${input.name} is standard input and an argument as well`);
  return name;
}

function outputOf(tool: Tool, command: CwlCommand, notes: string[]): Pick<ProcessDefinition, 'output_adapter'> {
  const outputs = entriesOf(tool['outputs'], 'id').map(({ id, type, outputBinding }) => {
    const { glob, outputEval, loadContents } = (outputBinding ?? {}) as Record<string, unknown>;
    if (outputEval !== undefined || loadContents) throw new Refused(`the output ${String(id)} is computed (outputEval)`);
    return { id: String(id), type: String(type), glob };
  });
  const streams = outputs.filter(({ type }) => type === 'stdout' || type === 'stderr');
  const files = outputs.filter(
    ({ type, glob }) => /^File\??$/.test(type) && typeof glob === 'string' && !/[*?[\]{]/.test(glob.replace(/\$\([^)]*\)/g, '')),
  );
  const chosen = streams[0] ?? (outputs.length === 1 ? files[0] : undefined);
  for (const { id } of outputs.filter((one) => one !== chosen))
    notes.push(`the output ${id} is not the answer: its files are among those of the run (procreg cp RUN:)`);
  if (!chosen) return {};
  if (chosen.type === 'stdout' || chosen.type === 'stderr') return { output_adapter: stream('output', chosen.type.toUpperCase()) };
  return { output_adapter: { output_type: 'file', output_parameters: { file_path: command.text(chosen.glob as string) } } };
}
