// Questions at the terminal, and what is read from stdin instead.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { exitCodes, Failure } from '../failure.js';
import { endingSignals } from './ending-signals.js';
import { plain } from './table.js';

/** The first line of stdin, without its end. */
export async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  throw new Failure('stdin is empty', { exitCode: exitCodes.usage });
}

/** Throws a Failure where nobody can answer. */
export async function ask(text: string, { hidden = false } = {}): Promise<string> {
  const question = plain(text);
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new Failure(`${question.replace(/: $/, '')} is asked for at a terminal, and this is not one`, { exitCode: exitCodes.usage });
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: hidden ? nowhere : process.stderr, terminal: true });
  if (hidden) process.stderr.write(question);
  const ended = (signal: NodeJS.Signals) => {
    reader.close();
    process.kill(process.pid, signal);
  };
  for (const signal of endingSignals) process.once(signal, ended);
  try {
    const end = new AbortController();
    reader.once('SIGINT', () => end.abort());
    return await reader.question(hidden ? '' : question, { signal: end.signal });
  } catch {
    throw new Failure('nothing was done', { exitCode: 130 });
  } finally {
    reader.close();
    for (const signal of endingSignals) process.off(signal, ended);
    if (hidden) process.stderr.write('\n');
  }
}

/** A question before something is removed: `yes` is what --yes says. Throws a Failure when the answer is no. */
export async function confirm(question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw new Failure(`${question} Nothing was done`, { exitCode: exitCodes.usage, hint: 'add --yes' });
  if (!/^y(es)?$/i.test((await ask(`${question} [y/N] `)).trim())) throw new Failure('nothing was done');
}
