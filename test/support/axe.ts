// What axe-core, the checker of accessibility, finds in a frame of the page.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Frame } from 'playwright-core';
import { projectRoot } from './server.js';

const axe = readFileSync(join(projectRoot, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** What axe calls serious or critical, a line each; `place` is where the frame is. */
export async function seriousOf(frame: Frame, place: string): Promise<string[]> {
  // the policy of the page refuses a script that is added to it
  await frame.evaluate(axe);
  const { violations } = (await frame.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${place}: ${id} at ${target}: ${failureSummary}`));
}
