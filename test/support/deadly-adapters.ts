// A plugin whose output adapters fail in every way that an adapter can, for tests of the effect on other runs.
import { writeFileSync } from 'node:fs';

/** Writes it to `path`. The kinds are named after what they do when the output is collected. */
export function writeDeadlyAdapters(path: string): void {
  writeFileSync(
    path,
    `const ways = {
  throws: () => { throw new TypeError('no such thing'); },
  rejects: async () => { throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }); },
  fails_later: () => new Promise(() => setTimeout(() => { throw new Error('thrown where nobody waits'); }, 20)),
  kills: () => new Promise(() => process.kill(process.pid, 'SIGKILL')),
  nonsense: async () => ({ source: 'stdout', bytes: 1, name: {}, contentType: 7 }),
};
const parameters = { type: 'object', properties: {} };
const output = Object.entries(ways).map(([type, collect]) => ({ type, what: type, parameters, adapter: { prepare: async () => {}, collect } }));
const input = [
  { type: 'throws_at_once', what: 'throws', parameters, adapter: { prepare: async () => 'empty', deliver() { throw new TypeError('no such thing'); } } },
  { type: 'closes_badly', what: 'throws when it is closed', parameters, adapter: {
    prepare: async () => 'empty', deliver: async () => {},
    open: async () => ({ send: async () => null, close() { throw new TypeError('closed badly'); } }),
  } },
];
export default { input, output };
`,
  );
}

export const collectedBy = (output_type: string) => ({ output_adapter: { output_type, output_parameters: {} } });
export const deliveredBy = (input_type: string) => ({ input_adapter: { input_type, input_parameters: {} } });
