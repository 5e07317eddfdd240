// The bench `stream`: 1 GiB through `cat` and back, as it comes (`?stream=1`) and by way of files, against `cat` between two pipes.
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { conditionsBefore, verdictOf } from './conditions.mjs';
import { Control } from './control.mjs';
import { forgetPeak, memoryMb } from './cpu-time.mjs';
import { summaryOf } from './figures.mjs';
import { judge } from './headlines.mjs';
import { ourServer } from './ours.mjs';
import { installed } from './programs.mjs';
import { define } from './same-answers.mjs';
import { makeScratch } from './scratch.mjs';
import { ourCommand } from './servers.mjs';

export const what = '1 GiB through cat over HTTP, streamed and spooled, against cat between two pipes';

const bytes = 2 ** 30;

export async function run({ rounds, settings }) {
  const before = conditionsBefore();
  const scratch = makeScratch();
  const control = new Control();
  try {
    const file = join(scratch.path, 'gibibyte');
    writeFileSync(file, '');
    truncateSync(file, bytes);
    const limits = { MAX_MESSAGE_BYTES: '2GiB', MAX_OUTPUT_BYTES: '2GiB' };
    const server = await ourServer({ name: 'stream', settings: { LOG_LEVEL: 'warn', ...limits, ...settings } }, scratch).start();
    const path = await define(server, { exec: '/bin/cat' });
    // without a slash at its end, to which curl would add the name of the file
    const bench = { scratch, file, server, url: `${server.url}${path}execute` };
    const measured = { raw: [], streamed: [], spooled: [] };
    await checkBytes(bench);
    for (let round = 0; round < rounds; round++) {
      control.time();
      measured.raw.push(await raw(bench));
      measured.streamed.push(await through(bench, ['-T', file, `${bench.url}?stream=1`]));
      // of a body without a length the server cannot know that it may stay in the connection
      measured.spooled.push(await through(bench, ['-H', 'Transfer-Encoding: chunked', '-T', file, bench.url]));
    }
    const sides = Object.fromEntries(Object.entries(measured).map(([name, times]) => [name, summaryOf(times)]));
    const results = [{ key: 'gibibyte', name: '1 GiB', sides }];
    const verdict = verdictOf(before, control.summary());
    return {
      bench: 'stream',
      what,
      conditions: { settings, command: ourCommand().join(' '), rounds, ...before },
      results,
      control: control.summary(),
      verdict,
      headlines: judge(headlinesOf(sides), results, verdict),
    };
  } finally {
    await scratch.clear();
  }
}

function headlinesOf({ streamed, spooled }) {
  const speed = (row, atLeast, aim) => ({
    what: `1 GiB ${row}: MB/s to a pipe`,
    in: 'gibibyte',
    row,
    to: 'raw',
    figure: 'mbPerSecond',
    atLeast,
    aim,
  });
  const memory = (row, { grownMb }) => ({
    what: `1 GiB ${row}: memory that the server grew by`,
    value: grownMb,
    unit: 'MB',
    atMost: 50,
    aim: 40,
  });
  return [speed('streamed', 0.12, 0.7), speed('spooled', 0.04, 0.4), memory('streamed', streamed), memory('spooled', spooled)];
}

async function timed(act) {
  const beganMs = performance.now();
  await act();
  return { mbPerSecond: bytes / 1e6 / ((performance.now() - beganMs) / 1000) };
}

function raw({ scratch, file }) {
  return timed(() => scratch.run(['/bin/sh', '-c', `cat "$0" | cat | cat >/dev/null`, file]));
}

async function through({ scratch, server }, words) {
  forgetPeak(server);
  const restMb = memoryMb(server);
  const figures = await timed(async () => {
    const said = await scratch.run(curl(server, ['-o', '/dev/null', '-w', '%{http_code} %{size_download}', ...words]));
    if (said !== `200 ${bytes}`) throw new Error(`instead of 200 with ${bytes} bytes came ${said}`);
  });
  return { ...figures, grownMb: memoryMb(server, 'VmHWM') - restMb };
}

function curl({ authorization }, words) {
  return [
    installed('curl'),
    '-s',
    '-X',
    'POST',
    '-H',
    `Authorization: ${authorization}`,
    '-H',
    'Content-Type: application/octet-stream',
    ...words,
  ];
}

/** The bytes that come back are those that were sent; this is also the warm-up. */
async function checkBytes({ scratch, server, file, url }) {
  const back = join(scratch.path, 'back');
  await scratch.run(curl(server, ['-o', back, '-T', file, `${url}?stream=1`]));
  await scratch.run(['cmp', back, file]);
}
