// Our server in the bench `runs`: checks by /health that it has the wanted launcher and level.
import { join } from 'node:path';
import { memoryMb, processesOf } from './cpu-time.mjs';
import { ourServer } from './ours.mjs';
import { ask, define } from './same-answers.mjs';

const heldMb = 2 ** 30 / 1e6;

/** `wanted` are the settings ISOLATION and LAUNCHER; without LAUNCHER any launcher except Node's own is right. */
export async function startOurs({ scratch, settings, program }, { name, wanted, holdsMemory = false }) {
  const nodeFlags = holdsMemory ? ['--import', join(import.meta.dirname, 'ballast.mjs')] : [];
  const server = await ourServer({ name, settings, environment: wanted, nodeFlags }, scratch).start();
  const uses = await checkUse(server, wanted);
  if (holdsMemory) checkMemory(server);
  const path = await define(server, { name: 'hello', exec: program, input_adapter: { input_type: 'none' } });
  const request = { method: 'POST', path: `${path}execute/` };
  await checkRecord(server, request);
  return { ...server, request, uses: uses + launcherNote(server, wanted) };
}

async function checkUse(server, { ISOLATION, LAUNCHER }) {
  const { launcher, isolation, database } = await (await ask(server, { method: 'GET', path: '/health' })).json();
  const uses = `launcher ${launcher}, isolation ${isolation}, DURABILITY=${database.durability}`;
  const right = isolation === ISOLATION && (LAUNCHER ? launcher === LAUNCHER : launcher !== 'child_process');
  if (!right) throw new Error(`its /health says: ${uses}`);
  return uses;
}

function checkMemory(server) {
  if (memoryMb(server) < heldMb) throw new Error(`the server holds only ${memoryMb(server)} MB`);
}

/** Checks that the first run is recorded: a run without a record would be cheaper. */
async function checkRecord(server, request) {
  const answer = await ask(server, request);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`the run failed: ${text}`);
  const record = await (await ask(server, { method: 'GET', path: `/api/run/${answer.headers.get('run-id')}/` })).json();
  if (record.state !== 'finished' || record.exit_code !== 0) throw new Error(`the run is not recorded: ${JSON.stringify(record)}`);
}

function launcherNote(server, { LAUNCHER }) {
  return LAUNCHER || processesOf(server).length > 1 ? '' : '; its launcher was not found, so that its CPU time is missing';
}
