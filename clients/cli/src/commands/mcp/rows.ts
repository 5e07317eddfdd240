// The row of the command that speaks the Model Context Protocol over stdin and stdout.
import type { CommandRow } from '../../command-row.js';

export const mcpRows: CommandRow[] = [
  {
    path: 'mcp',
    summary: 'speak the Model Context Protocol over stdin and stdout, for AI agents that start their servers',
    details:
      'Passes each message to /mcp of the server, with the login of this client, and what the server answers to stdout. ' +
      'Definitions that say "mcp" are tools. Ends with stdin.',
    options: [{ flags: '--tag <tag>', summary: 'only tools with this tag' }],
    examples: ['procreg mcp --tag reports', 'claude mcp add procreg -- procreg mcp'],
    load: async () => (await import('./mcp.js')).mcp,
  },
];
