// kill -9 of broker and server, again and again: each message has one run and an output; `npm run test:storm` does it at length.
import { expect, test } from 'vitest';
import { isBad, MessageStorm, maxTries } from './message-storm.js';

const setting = (name: string, usual: number) => Number(process.env[`STORM_${name}`] ?? usual);
const plan = {
  seed: setting('SEED', Date.now() % 1_000_000),
  messages: setting('MESSAGES', 100),
  brokerKills: setting('BROKER_KILLS', 2),
  serverKills: setting('SERVER_KILLS', 2),
};
const timeout = 120_000 + (plan.brokerKills + plan.serverKills) * 20_000 + plan.messages * 100;

const counted = (items: string[]) =>
  items.reduce((counts, item) => counts.set(item, (counts.get(item) ?? 0) + 1), new Map<string, number>());

test(`no message is lost and none runs twice (seed ${plan.seed})`, { timeout }, async () => {
  const storm = await MessageStorm.prepare(plan);
  try {
    const beginMs = performance.now();
    const binding = await storm.rage();
    const state = async () => (await storm.server!.send({ path: binding })).json.state;
    const done = async () => {
      const { handled, failed, in_flight } = await state();
      return { in_flight, all: handled + failed, unfinished: storm.runs().filter((run) => run.state !== 'finished') };
    };
    await expect.poll(done, { timeout: 90_000, interval: 500 }).toEqual({ in_flight: 0, all: plan.messages, unfinished: [] });
    const tookMs = performance.now() - beginMs;
    const [bad, good] = [storm.ids.filter(isBad), storm.ids.filter((id) => !isBad(id))];
    const { outputs, dead, bodies } = await storm.collected();
    const runs = storm.runs();
    const twice = outputs.length - new Set(outputs).size;
    const again = runs.filter(({ trigger }) => trigger.redelivered).length;
    const kills = `${plan.brokerKills} kills of the broker, ${plan.serverKills} of the server`;
    console.log(
      `${kills} in ${Math.round(tookMs / 1000)} s: ${plan.messages} messages, ${runs.length} runs (${again} of redelivered messages), ` +
        `${outputs.length} outputs (${twice} twice), ${dead.length} dead letters`,
    );
    expect(
      good.filter((id) => !bodies.has(id)),
      'have no output',
    ).toEqual([]);
    expect(
      good.filter((id) => bodies.get(id) !== `done ${id}\n`),
      'have another output',
    ).toEqual([]);
    expect(new Set(dead), 'are dead letters').toEqual(new Set(bad));
    expect(outputs.filter(isBad), 'failed, and yet published').toEqual([]);
    const recorded = counted(runs.map(({ trigger }) => trigger.message_id));
    expect(
      good.filter((id) => recorded.get(id) !== 1),
      'have not one run',
    ).toEqual([]);
    expect(
      bad.filter((id) => recorded.get(id) !== maxTries),
      'have not a run for each try',
    ).toEqual([]);
    expect(
      runs.filter((run) => run.state !== 'finished' || run.end_reason !== 'exit' || Boolean(run.success) === isBad(run.trigger.message_id)),
      'ended otherwise',
    ).toEqual([]);
    expect(storm.begun(), 'how often each began').toEqual(recorded);
    expect(await state()).toMatchObject({ handled: good.length, failed: bad.length });
  } finally {
    await storm.clear();
  }
});
