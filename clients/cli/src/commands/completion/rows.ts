// The row of the command that prints what completes the command line.
import type { CommandRow } from '../../command-row.js';

export const completionRows: CommandRow[] = [
  {
    path: 'completion',
    operands: '<shell>',
    summary: 'print what completes the command line in bash, zsh or fish',
    details:
      'Commands, options, names of definitions, their parameters, runs and servers are completed; the names come from the server, ' +
      'if it answers within a second. Nothing else needs to be installed.',
    examples: [
      'source <(procreg completion bash)   # in ~/.bashrc',
      'source <(procreg completion zsh)    # in ~/.zshrc',
      'procreg completion fish > ~/.config/fish/completions/procreg.fish',
    ],
    load: async () => (await import('./completion.js')).completion,
  },
];
