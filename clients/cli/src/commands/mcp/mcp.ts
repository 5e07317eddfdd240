// Reads messages from stdin, one per line, and passes them on until stdin ends.
import type { Act } from '../../command-row.js';
import { segment } from '../../http/segment.js';
import { linesOf } from './lines.js';
import { Relay } from './relay.js';

export const mcp: Act = async ({ connection }, _operands, { tag }: { tag?: string }) => {
  const relay = new Relay(connection, {
    path: tag === undefined ? '/mcp' : `/mcp/${segment(tag)}`,
    say: (line) => void process.stdout.write(`${line}\n`),
  });
  for await (const line of linesOf(process.stdin)) {
    if (line === null) relay.refuseLine();
    else if (line.trim() !== '') relay.pass(line);
  }
  await relay.end();
  return 0;
};
