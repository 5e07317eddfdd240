// The bench `openapi`: the CPU time that the document of a thousand definitions takes: first, after one of them has changed, and while none has.
import { setTimeout as sleep } from 'node:timers/promises';
import { conditionsBefore, verdictOf } from './conditions.mjs';
import { Control } from './control.mjs';
import { serverCpu } from './cpu-time.mjs';
import { summaryOf } from './figures.mjs';
import { judge } from './headlines.mjs';
import { ourServer } from './ours.mjs';
import { ask, define } from './same-answers.mjs';
import { makeScratch } from './scratch.mjs';
import { ourCommand } from './servers.mjs';

const count = 1000;
const atOnce = 8;
const path = '/api/process_definition/openapi.json';
/** Linux counts CPU time in hundredths of a second: of what takes less, so many are measured together. */
const [changes, repeats] = [5, 50];
/** After this time a server that was just started has nothing left to do. */
const settleMs = 3000;

export const what = `CPU of the OpenAPI document of ${count} definitions`;

export async function run({ rounds, settings: given }) {
  const before = conditionsBefore();
  const settings = { LOG_LEVEL: 'warn', ...given };
  const scratch = makeScratch();
  const control = new Control();
  try {
    const ours = ourServer({ name: 'openapi', settings }, scratch);
    await fill(ours);
    const measured = [];
    for (let round = 0; round < rounds; round++) {
      control.time();
      measured.push(await measureOnce(ours));
    }
    const figures = summaryOf(measured);
    const verdict = verdictOf(before, control.summary());
    const headline = (words, value, atMost) => ({ what: `document of ${count} definitions: ${words}`, value, unit: 'ms', atMost });
    return {
      bench: 'openapi',
      what,
      conditions: { settings, command: ourCommand().join(' '), rounds, ...before },
      results: [],
      control: control.summary(),
      verdict,
      headlines: judge(
        [
          headline('CPU of the first one after a start', figures.firstMs, 200),
          headline('CPU after one has changed', figures.changedMs, 100),
          headline('CPU while none has changed', figures.sameMs, 20),
        ],
        [],
        verdict,
      ),
    };
  } finally {
    await scratch.clear();
  }
}

/** Each with typed parameters, a choice, a list and a schema that two of them share. */
function definitionOf(number) {
  const word = { $ref: '#/$defs/word' };
  return {
    name: `program-${number}`,
    description: `Cuts the columns of table ${number}\n\nReads CSV, and writes the columns that were asked for.`,
    tags: [`group-${number % 20}`],
    exec: '/usr/bin/cut',
    argv: ['-d', '${delimiter}', '-f', '${columns}', ['--complement', '${mode}']],
    input_adapter: { input_type: number % 2 ? 'none' : 'file' },
    examples: [{ parameters: { delimiter: ',', columns: [1] }, message: 'a,b', expect: 'a' }],
    parameters: {
      type: 'object',
      required: ['columns'],
      properties: {
        delimiter: { ...word, default: ',' },
        columns: { type: 'array', items: { type: 'integer', minimum: 1 }, description: 'their numbers, from 1' },
        mode: { enum: ['keep', 'drop', 'count'], default: 'keep' },
        width: { type: 'number', exclusiveMinimum: 0 },
        title: word,
      },
      $defs: { word: { type: 'string', minLength: 1, maxLength: 80 } },
    },
  };
}

async function fill(ours) {
  const server = await ours.start();
  let next = 0;
  const some = async () => {
    while (next < count) await define(server, definitionOf(next++));
  };
  await Promise.all(Array.from({ length: atOnce }, some));
  await server.stop();
}

async function measureOnce(ours) {
  const server = await ours.start();
  // the login is remembered from then on
  await ask(server, { method: 'GET', path: '/api/process_definition/?limit=1' });
  await sleep(settleMs);
  const firstMs = await cpuOf(server, () => read(server));
  let changedMs = 0;
  for (let number = 0; number < changes; number++) {
    await change(server, number);
    changedMs += (await cpuOf(server, () => read(server))) / changes;
  }
  const sameMs = await cpuOf(server, async () => {
    for (let number = 0; number < repeats; number++) await read(server);
  });
  await server.stop();
  return { firstMs, changedMs, sameMs: sameMs / repeats };
}

async function cpuOf(server, work) {
  const before = serverCpu(server).cpuUsPerRequest;
  await work();
  return (serverCpu(server).cpuUsPerRequest - before) / 1000;
}

async function read(server) {
  const answer = await ask(server, { method: 'GET', path });
  const document = JSON.parse(await answer.text());
  const found = Object.keys(document.paths ?? {}).length;
  if (found !== count) throw new Error(`the document has ${found} operations`);
}

async function change(server, number) {
  const definition = { ...definitionOf(number), description: `Changed at ${Date.now()}` };
  const address = `/api/process_definition/program-${number}/`;
  const { status } = await ask(server, { method: 'PUT', path: address, body: JSON.stringify({ definition }) });
  if (status !== 204) throw new Error(`the change was answered with ${status}`);
}
