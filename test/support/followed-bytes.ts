// A client that follows the bytes of a run by live ranges, and resumes where its connection broke off.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { adminLogin, type TestServer } from './server.js';

export const veryLarge = '9007199254740991';

/** Resolves with the head of the answer; its body is read by the caller. */
export async function asked(
  url: string,
  path: string,
  { range, method = 'GET' }: { range?: string; method?: string } = {},
): Promise<IncomingMessage> {
  const sent = request(new URL(path, url), { method, auth: adminLogin, agent: false, headers: range === undefined ? {} : { range } });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.on('error', () => {});
  return answer;
}

export interface Resumed {
  bytes: Buffer;
  trailers: NodeJS.Dict<string>;
  /** How many answers it took. */
  answers: number;
}

/** `cutAfter`: after how many bytes the client leaves an answer; `server`: the present one, which may not be there for a while. */
export async function followResumed(server: () => TestServer, path: string, cutAfter: () => number): Promise<Resumed> {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let answers = 0; ; ) {
    const range = `bytes=${at}-${veryLarge}`;
    const answer = await asked(server().url, path, { range }).catch(() => null);
    if (!answer) {
      await sleep(20);
      continue;
    }
    answers++;
    if (answer.statusCode !== 206) throw new Error(`${answer.statusCode} to ${range}`);
    at += await read(answer, chunks, cutAfter());
    if (answer.complete) return { bytes: Buffer.concat(chunks), trailers: answer.trailers, answers };
  }
}

/** How many bytes have come before the answer ended, broke off, or had more than `most`. */
async function read(answer: IncomingMessage, chunks: Buffer[], most: number): Promise<number> {
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > most) break;
    }
  } catch {
    // the connection was lost
  }
  return bytes;
}
