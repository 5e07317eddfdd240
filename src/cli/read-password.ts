// Reads a new password: typed twice at a terminal without being shown, or the first line of stdin.
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** A longer line cannot be a password. */
const lineBytes = 8192;

/** A password of 24 characters when `generate` is true, otherwise one that is asked for. */
export async function newPassword(question: string, generate = false): Promise<string> {
  return generate ? randomBytes(18).toString('base64url') : readPassword(question);
}

/** Throws an Error when nothing is typed, or when the two passwords differ. */
async function readPassword(question: string): Promise<string> {
  if (!process.stdin.isTTY) return firstLine();
  const [password, again] = await askAll([`${question}: `, 'Once more: ']);
  if (password !== again) throw new Error('the two passwords differ; nothing was changed');
  return password;
}

async function firstLine(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk;
    if (text.includes('\n') || text.length > lineBytes) break;
  }
  return /^[^\n]*/.exec(text)?.[0].replace(/\r$/, '') ?? '';
}

/** Shows the prompts, but not what is typed. */
async function askAll(prompts: string[]): Promise<string[]> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  terminal.once('SIGINT', () => terminal.close());
  const lines = terminal[Symbol.asyncIterator]();
  const answers: string[] = [];
  try {
    for (const prompt of prompts) {
      process.stderr.write(prompt);
      const { value, done } = await lines.next();
      process.stderr.write('\n');
      if (done) throw new Error('no password was given; nothing was changed');
      answers.push(value);
    }
  } finally {
    terminal.close();
  }
  return answers;
}
