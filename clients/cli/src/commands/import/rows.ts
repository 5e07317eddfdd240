// The row of the command that reads files of other systems as definitions.
import type { CommandRow } from '../../command-row.js';

export const importRows: CommandRow[] = [
  {
    path: 'import',
    operands: '<kind> <path...>',
    summary: 'read scripts, a crontab, hooks, actions, units or CWL tools as definitions',
    details:
      'KIND is scripts (sh, Python, Node.js, Perl: names, options and arguments are read from the text, nothing is run), crontab, webhook ' +
      '(hooks.json of adnanh/webhook), olivetin (config.yaml), systemd (.service) or cwl (CommandLineTool). PATH is a file, a folder ' +
      '(its files of that kind, without hidden ones), or - for stdin.\n\n' +
      'Nothing is stored without --apply: each item is printed with the definition that it becomes, with what is not carried over behind ' +
      '"note:", and with the reason where it is refused. --apply stores what is new and leaves alone what exists; --replace also changes ' +
      'definitions that are different. The exit code is 1 when something was refused or could not be stored.',
    options: [
      { flags: '--apply', summary: 'store the definitions' },
      { flags: '--replace', summary: 'with --apply: also change definitions that are different' },
      { flags: '--json', summary: 'print JSON, with the whole definitions' },
    ],
    completes: [],
    examples: ['procreg import scripts bin/', 'crontab -l | procreg import crontab - --apply'],
    load: async () => (await import('./import.js')).importFiles,
  },
];
