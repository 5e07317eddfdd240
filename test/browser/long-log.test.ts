// A log of 1,000,000 lines, followed while it is written: not a line is lost, and the page never stands still.
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { cpus, loadavg } from 'node:os';
import { expect, test } from 'vitest';
import { expectQuiet, signIn } from '../support/page.js';
import { idOf, running } from '../support/restarts.js';
import { browser, server, useSignedInPage } from '../support/signed-in-page.js';
import { waitFor } from '../support/worker.js';

const lineCount = 1_000_000;
const mostFrameMs = 200;
/** With more to do than processors the system lets a page wait, and its frames are late by themselves. */
const isQuiet = () => loadavg()[0] <= cpus().length;

useSignedInPage();

const print = `import os, sys
out = open(1, 'wb', buffering=1 << 16)
for n in range(${lineCount}):
    out.write(b'2026-11-29T11:00:00.%06d \\x1b[3%dmINFO\\x1b[0m line %d some text of a usual width & more\\n' % (n, n % 8, n))
out.flush()`;

/** Notes in the page how long it was between two frames. */
const measureFrames = `
  window.gaps = [];
  let last = performance.now();
  const look = (now) => { window.gaps.push(now - last); last = now; requestAnimationFrame(look); };
  requestAnimationFrame(look);`;

test('A million lines are followed, found and reached, and no frame takes longer than 200 ms', { timeout: 180_000 }, async () => {
  const run = await running(server, {
    exec: '/bin/sh',
    argv: ['-c', `${waitFor('go')}; exec python3 -c "$0"`, print],
    input_adapter: { input_type: 'none' },
  });
  const opened = await signIn(browser, server);
  const { page } = opened;
  await opened.open(`runs/${idOf(run)}#log`);
  await page.getByText('Nothing yet').waitFor();
  await page.evaluate(measureFrames);
  await browser.startTracing(page, { categories: ['toplevel'] });
  const begunMs = Date.now();
  await server.send({ method: 'PUT', path: `${run}files/go`, body: '' });
  await page.getByText(`line ${lineCount - 1} some text`).waitFor({ timeout: 120_000 });
  const followedMs = Date.now() - begunMs;
  const following = await page.evaluate<number[]>('gaps.splice(0)');

  await page.getByLabel('Find in the log').fill('LINE 999999 SOME');
  await page.getByText('1 line', { exact: true }).waitFor();
  await page.getByLabel('Find in the log').fill('some text');
  await page.getByText('1,000,000 lines', { exact: true }).waitFor();
  const finding = await page.evaluate<number[]>('gaps.splice(0)');

  const scroller = page.locator('.log-scroller');
  const firstLine = () => page.locator('.log-row').first().getAttribute('data-line').then(Number);
  for (const part of [0, 0.25, 0.5, 0.9]) {
    await scroller.evaluate((element, to) => element.scrollTo(0, to * (element.scrollHeight - element.clientHeight)), part);
    await expect.poll(firstLine).toBeCloseTo(part * (lineCount - 28), -2);
    const number = await firstLine();
    expect(await page.locator(`[data-line="${number}"]`).textContent()).toContain(`line ${number} some text`);
  }
  await scroller.press('End');
  await page.getByText(`line ${lineCount - 1} some text`).waitFor();
  expect(await page.getByLabel('follow').isChecked()).toBe(true);
  const scrolling = await page.evaluate<number[]>('gaps.splice(0)');

  const tasksMs = busyMs(await browser.stopTracing());
  const worst = (list: number[]) => Math.round(Math.max(...list));
  const frames = { following: worst(following), finding: worst(finding), scrolling: worst(scrolling) };
  console.log(
    `followed in ${followedMs} ms; longest frames in ms ${JSON.stringify(frames)}; longest task: ${worst(tasksMs)} ms of processor time`,
  );
  expect(tasksMs.length).toBeGreaterThan(100);
  expect(worst(tasksMs)).toBeLessThanOrEqual(mostFrameMs);
  if (isQuiet()) expect(worst(Object.values(frames))).toBeLessThanOrEqual(mostFrameMs);
  expectQuiet(opened);
  await opened.close();
});

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  args: { name?: string };
  /** Processor time in microseconds. */
  tdur?: number;
}

/** The processor time that each task of the page's own thread took: without that for which the system let it wait. */
function busyMs(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const ofThread = ({ pid, tid }: TraceEvent) => `${pid}:${tid}`;
  const named = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const threads = new Set(named.map(ofThread));
  const tasks = traceEvents.filter((event) => event.ph === 'X' && event.name.endsWith('RunTask') && threads.has(ofThread(event)));
  return tasks.map(({ tdur }) => (tdur ?? 0) / 1000);
}
