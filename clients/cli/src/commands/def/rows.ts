// The rows of the commands about definitions.
import type { CommandRow } from '../../command-row.js';
import { listOptions } from '../../terminal/table.js';

const yes = { flags: '-y, --yes', summary: 'do not ask' };
const json = { flags: '--json', summary: 'print JSON' };
const test = { flags: '--test', summary: 'run the examples first, and save a definition only if all of them pass' };
const dryRun = { flags: '--dry-run', summary: 'say what would be done, and do nothing' };

const newRow: CommandRow = {
  path: 'new',
  operands: '<name> <exec> [args...]',
  summary: 'make a definition of a command line',
  details:
    'Behind -- stands the command as it is typed, with ${NAME} for each parameter. --param NAME is required, NAME? may be left out ' +
    '(its argument, and a flag before it, go with it), NAME=DEFAULT has a default; NAME:TYPE has the type string, integer, number, ' +
    'boolean or file.\n\n' +
    'A definition that has parameters takes no message unless --stdin says so; one without takes it at stdin. ' +
    'For everything else: procreg def edit NAME.',
  options: [
    { flags: '--param <declaration>', summary: 'a parameter: NAME[?][:TYPE][=DEFAULT]', repeats: true },
    { flags: '--stdin', summary: 'the program reads the message from stdin, also with parameters' },
    { flags: '--file <path>', summary: 'a file that is stored with the definition, such as a script', repeats: true },
    { flags: '--env <variable>', summary: 'a variable of its environment: NAME=VALUE', repeats: true },
    { flags: '--tag <tag>', summary: 'a tag', repeats: true },
    { flags: '-d, --description <text>', summary: 'what it does, for people' },
    { flags: '--timeout <seconds>', summary: 'how long a run may take' },
    { flags: '--shared', summary: 'others may see and run it' },
    { flags: '--service', summary: 'a service: one process that takes many messages' },
    { flags: '--mcp', summary: 'AI agents get it as a tool' },
    { flags: '--dry-run', summary: 'print the definition, and store nothing' },
  ],
  examples: [
    'procreg new upper -- tr a-z A-Z',
    "procreg new mp3 --param 'bitrate?' -- ffmpeg -i '${input_file}' -b:a '${bitrate}' '${output_file}'",
    'procreg new report --file report.py -- ./report.py',
  ],
  load: async () => (await import('./new.js')).create,
};

const applyRow: CommandRow = {
  path: 'def apply',
  operands: '<path...>',
  summary: 'make the definitions on the server what files say',
  details:
    'PATH is a file, a folder (its .json, .yaml and .yml files), or - for stdin. A file holds one definition, or several as a list or as ' +
    'YAML documents; a single one without a name is named after its file. What is the same already is left alone. Everything is checked ' +
    'before the first definition is written; one that somebody else changes meanwhile is not overwritten.\n\n' +
    'In files, {"from": "PATH"} stands for the content of a file in the folder of the definition: files: {report.py: {from: report.py}}. ' +
    'Links that lead out of the folder, hidden files and definitions from stdin are refused.\n\n' +
    '--group marks each definition that it creates with the tag group:NAME, so that the server keeps the mark. --prune removes your own ' +
    'definitions with that mark that the files no longer hold, and nothing else. Marks in files are ignored. The values of environment ' +
    'are hidden in what it prints.\n\n' +
    'With --test each definition that is created or changed is tested just before it is saved. The first one that fails ends the command ' +
    'with exit code 1; those before it are saved. One without examples is saved, and so is a service.',
  options: [
    dryRun,
    test,
    { flags: '--group <name>', summary: 'mark what is created as belonging together' },
    { flags: '--prune', summary: 'remove what an earlier apply of the group has created and PATH does not hold' },
    { flags: '-y, --yes', summary: 'do not ask before --prune removes' },
  ],
  completes: ['file'],
  examples: ['procreg def apply tr.json', 'procreg def apply definitions/ --group team --prune'],
  load: async () => (await import('./apply.js')).apply,
};

export const definitionRows: CommandRow[] = [
  newRow,
  {
    path: 'def ls',
    summary: 'list definitions: your own, and those that others share',
    options: [
      ...listOptions,
      { flags: '-o, --output <format>', summary: 'wide: more columns' },
      { flags: '--search <text>', summary: 'those with this text in name or description' },
      { flags: '--tag <tag>', summary: 'those with this tag', repeats: true },
      { flags: '--owner <user>', summary: 'those of this user' },
    ],
    load: async () => (await import('./read.js')).list,
  },
  {
    path: 'def show',
    operands: '<name>',
    summary: 'print a definition as YAML',
    options: [json, { flags: '--revision <number>', summary: 'a former version' }],
    completes: ['definition'],
    load: async () => (await import('./read.js')).show,
  },
  applyRow,
  {
    path: 'def diff',
    operands: '<path...>',
    summary: 'compare files with the server; exit code 1 when they differ',
    completes: ['file'],
    load: async () => (await import('./apply.js')).diff,
  },
  {
    path: 'def edit',
    operands: '<name>',
    summary: 'change a definition in an editor: VISUAL, EDITOR, else vi',
    details: 'When the server refuses the text, it is kept in a file. What somebody else has changed meanwhile is not overwritten.',
    options: [test],
    completes: ['definition'],
    load: async () => (await import('./change.js')).edit,
  },
  {
    path: 'def rm',
    operands: '<name...>',
    summary: 'remove definitions; their runs stay',
    options: [yes],
    completes: ['definition'],
    load: async () => (await import('./change.js')).remove,
  },
  {
    path: 'def history',
    operands: '<name>',
    summary: 'list the versions of a definition, newest first',
    options: [...listOptions, { flags: '-p, --patch', summary: 'show what each version changed' }],
    completes: ['definition'],
    load: async () => (await import('./read.js')).history,
  },
  {
    path: 'def restore',
    operands: '<name> <revision>',
    summary: 'make a former version the current one',
    completes: ['definition'],
    load: async () => (await import('./change.js')).restore,
  },
  {
    path: 'def test',
    operands: '<name>',
    summary: 'run the examples of a definition; exit code 1 when one fails',
    details:
      'Each example is a run of yours. For an example that fails, lines with - show the expected output and lines with + the actual one; ' +
      'its stderr follows. Exit code 1 also when there are no examples.',
    options: [json],
    completes: ['definition'],
    load: async () => (await import('./test.js')).test,
  },
];
