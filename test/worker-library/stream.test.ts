// Streams of a log: from its first byte, live, to the end of the program, without buffering what is not read.
import { once } from 'node:events';
import { appendFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  collected,
  descriptorsIn,
  eventually,
  logPath,
  open,
  owner,
  type TestWorker,
  testWorker,
  textOf,
  waitFor,
} from '../support/worker.js';

let own: TestWorker;

beforeAll(() => {
  own = testWorker();
});

afterAll(() => own.remove());

describe('stream', () => {
  test('of an ended job is its log, any number of times', async () => {
    const job = await own.shell('echo one; echo two >&2');
    await own.ended(job);
    expect(await own.output(job)).toBe('one\ntwo\n');
    expect(await own.output(job)).toBe('one\ntwo\n');
    expect(descriptorsIn(own.logDir)).toBe(0);
  });

  test('of a job that wrote nothing ends without a byte', async () => {
    expect(await own.output(await own.shell('sleep 0.2'))).toBe('');
  });

  test('brings each line while the program runs, a second reader all from the start, both the end', async () => {
    const gates = ['one', 'two'].map((name) => own.gate(name));
    const job = await own.shell(`echo 1; ${waitFor('$1')}; echo 2; ${waitFor('$2')}; echo 3`, ...gates);
    const first = await own.worker.stream(job, owner);
    const ends = [once(first, 'end')];
    const seen = collected(first);
    await eventually(seen.text).toBe('1\n');
    open(gates[0]);
    await eventually(seen.text).toBe('1\n2\n');
    const second = await own.worker.stream(job, owner);
    ends.push(once(second, 'end'));
    const seenToo = collected(second);
    await eventually(seenToo.text).toBe('1\n2\n');
    expect(await own.worker.query(job, owner)).toMatchObject({ status: 'running' });
    open(gates[1]);
    await Promise.all(ends);
    expect([seen.text(), seenToo.text()]).toEqual(['1\n2\n3\n', '1\n2\n3\n']);
    expect(await own.worker.query(job, owner)).toMatchObject({ status: 'exited' });
  });

  test('ends within a second of the end of the program', async () => {
    const gate = own.gate('end');
    const job = await own.shell(`echo 1; ${waitFor('$1')}`, gate);
    const stream = (await own.worker.stream(job, owner)).resume();
    const ended = once(stream, 'end').then(() => performance.now());
    open(gate);
    await own.ended(job);
    const seenMs = performance.now();
    expect((await ended) - seenMs).toBeLessThan(1000);
  });

  test('brings what is written at once, not when it looks again', async () => {
    const lines = Array.from({ length: 30 }, (_, count) => count);
    const gates = lines.map((line) => own.gate(`line-${line}`));
    const job = await own.shell('for gate; do while [ ! -e "$gate" ]; do sleep 0.01; done; echo "$gate"; done', ...gates);
    const seen = collected(await own.worker.stream(job, owner));
    const beginMs = performance.now();
    for (const gate of gates) {
      open(gate);
      await eventually(seen.text).toContain(`${gate}\n`);
    }
    expect(performance.now() - beginMs).toBeLessThan(15_000);
  });

  test('follows an endless loop until it is stopped, and then equals the log', async () => {
    const job = await own.shell('while :; do echo tick; done');
    const stream = await own.worker.stream(job, owner);
    const text = textOf(stream);
    await eventually(() => own.log(job).length).toBeGreaterThan(200_000);
    await own.worker.stop(job, owner, { graceful: false });
    expect((await text) === own.log(job)).toBe(true);
  });

  test('of 50 readers brings everything to each', async () => {
    const job = await own.shell('for i in 1 2 3 4 5 6 7 8; do seq 2000; sleep 0.02; done');
    const streams = await Promise.all(Array.from({ length: 50 }, () => own.worker.stream(job, owner)));
    const texts = await Promise.all(streams.map(textOf));
    const whole = own.log(job);
    expect(whole.length).toBeGreaterThan(70_000);
    expect(texts.filter((text) => text !== whole)).toEqual([]);
  });

  test('holds little however large the log is and however slowly it is read', async () => {
    const sizeBytes = 30_000_000;
    const job = await own.worker.start({ name: 'head', args: ['-c', String(sizeBytes), '/dev/zero'] }, owner);
    const stream = await own.worker.stream(job, owner);
    let readBytes = 0;
    let heldBytes = 0;
    for await (const chunk of stream) {
      readBytes += chunk.length;
      heldBytes = Math.max(heldBytes, chunk.length, stream.readableLength);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(readBytes).toBe(sizeBytes);
    expect(heldBytes).toBeLessThanOrEqual(128 * 1024);
  });

  test('closes its descriptor when it is destroyed, at whatever moment', async () => {
    const job = await own.shell('echo 1; sleep 300');
    await eventually(() => own.log(job)).toBe('1\n');
    const waiting = await own.worker.stream(job, owner);
    const seen = collected(waiting);
    await eventually(seen.text).toBe('1\n');
    const unread = await own.worker.stream(job, owner);
    const reading = (await own.worker.stream(job, owner)).resume();
    const failing = await own.worker.stream(job, owner);
    expect(descriptorsIn(own.logDir)).toBe(4);
    for (const stream of [waiting, unread, reading]) stream.destroy();
    failing.destroy(new Error('nobody listens to this'));
    await eventually(() => descriptorsIn(own.logDir)).toBe(0);
    await own.worker.stop(job, owner, { graceful: false });
  });

  test('closes its descriptor at once, also while nothing is written', async () => {
    const job = await own.shell('echo 1; sleep 300');
    const beginMs = performance.now();
    for (let count = 0; count < 10; count++) {
      const stream = await own.worker.stream(job, owner);
      await once(stream, 'data');
      // it waits for more by then; should it not yet, this shows less
      await sleep(50);
      await once(stream.destroy(), 'close');
    }
    expect(performance.now() - beginMs).toBeLessThan(5000);
    await own.worker.stop(job, owner, { graceful: false });
  });

  test('of an ended job does not continue with what is written after it was opened', async () => {
    const job = await own.worker.start({ name: 'head', args: ['-c', '300000', '/dev/zero'] }, owner);
    await own.ended(job);
    const stream = await own.worker.stream(job, owner);
    await once(stream, 'readable');
    appendFileSync(logPath(own.logDir, job), 'more');
    expect(await textOf(stream)).toBe('\0'.repeat(300_000));
  });

  test('ends with the program although what left its group writes on', async () => {
    const writing = own.gate('writing');
    open(writing);
    const writer = 'while [ -e "$1" ]; do echo more; done';
    const job = await own.shell(`setsid sh -c '${writer}' sh "$1" & while [ ! -s "/proc/$$/fd/1" ]; do sleep 0.02; done`, writing);
    expect(await own.output(job)).toContain('more\n');
    rmSync(writing);
  });
});

describe('a log that was deleted', () => {
  test('is an error, also while the program runs', async () => {
    for (const script of ['true', 'sleep 300']) {
      const job = await own.shell(script);
      rmSync(logPath(own.logDir, job));
      const message = expect.stringContaining('failed to open the log file');
      await expect(own.worker.stream(job, owner)).rejects.toMatchObject({ code: 'log_gone', errno: 'ENOENT', message });
      if (script !== 'true') await own.worker.stop(job, owner, { graceful: false });
    }
  });

  test('is read to its end by a reader that had opened it, without any event of the file system', async () => {
    const gates = ['go-on', 'go-on-again'].map((name) => own.gate(name));
    const job = await own.shell(`echo 1; ${waitFor('$1')}; echo 2; ${waitFor('$2')}; echo 3`, ...gates);
    const stream = await own.worker.stream(job, owner);
    rmSync(logPath(own.logDir, job));
    const seen = collected(stream);
    const end = once(stream, 'end');
    await eventually(seen.text).toBe('1\n');
    open(gates[0]);
    await eventually(seen.text).toBe('1\n2\n');
    open(gates[1]);
    await end;
    expect(seen.text()).toBe('1\n2\n3\n');
  });

  const replacements: [string, (path: string) => void][] = [
    ['another file', (path) => writeFileSync(path, 'not the log')],
    ['a link to another file', (path) => symlinkSync('/etc/passwd', path)],
    ['a link to itself elsewhere', (path) => symlinkSync(`${path}.moved`, path)],
  ];
  test.each(replacements)('and replaced by %s is not read', async (_what, replace) => {
    const job = await own.shell('true');
    const path = logPath(own.logDir, job);
    renameSync(path, `${path}.moved`);
    replace(path);
    await expect(own.worker.stream(job, owner)).rejects.toMatchObject({ code: 'log_gone' });
    expect(descriptorsIn(own.logDir)).toBe(0);
  });
});
