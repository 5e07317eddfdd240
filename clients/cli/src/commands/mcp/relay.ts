// Passes messages of the Model Context Protocol between a client on this machine and a server: requests by POST, their answers as lines.
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { bytesOf, type Connection } from '../../http/connection.js';
import { eventsOf } from '../../http/event-stream.js';
import { refusal } from '../../http/refusal.js';
import { isRequest, type Message, namedHeaders, parsedMessage } from './message.js';

/** JSON-RPC: an error of the server, a text that is not JSON, and a request that may not be sent. */
const serverError = -32000;
const parseError = -32700;
const invalidRequest = -32600;
/** Between two attempts to follow the server's own messages. */
const pauseMs = 2000;
/** What is under way may still be answered for so long after the end of stdin. */
const farewellMs = 10_000;

interface Relayed {
  path: string;
  /** Takes a line for the client. */
  say: (line: string) => void;
}

export class Relay {
  readonly #connection: Connection;
  readonly #relayed: Relayed;
  readonly #open = new Map<string, AbortController>();
  readonly #sent = new Set<AbortController>();
  readonly #work = new Set<Promise<void>>();
  readonly #ended = new AbortController();
  /** What the answer to `initialize` has said, for clients of the older revisions. */
  #version?: string;
  #session?: string;

  constructor(connection: Connection, relayed: Relayed) {
    this.#connection = connection;
    this.#relayed = relayed;
  }

  /** Of a line that is too long to be read. */
  refuseLine(): void {
    this.#sayError(null, parseError, 'the line is too long');
  }

  /** Returns at once; the answers come when they come. */
  pass(line: string): void {
    const message = parsedMessage(line);
    if (!message) return this.#sayError(null, parseError, 'the line is not a JSON object');
    if (isRequest(message) && this.#open.has(JSON.stringify(message.id)))
      return this.#sayError(message.id, invalidRequest, 'a request with this id is under way');
    if (message.method === 'notifications/cancelled') {
      const cancelled = this.#open.get(JSON.stringify(message.params?.requestId));
      // the server stops what nobody waits for
      if (cancelled) return cancelled.abort();
    }
    const work = this.#send(message, line).finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  /** Answers that are about to come still come. */
  async end(): Promise<void> {
    this.#ended.abort();
    const wait = new AbortController();
    // the event loop must not run empty before the answers have come
    await Promise.race([Promise.all(this.#work), sleep(farewellMs, undefined, { signal: wait.signal }).catch(() => {})]);
    wait.abort();
    for (const request of this.#sent) request.abort();
    await Promise.all(this.#work);
  }

  async #send(message: Message, line: string): Promise<void> {
    const key = JSON.stringify(message.id);
    const request = new AbortController();
    this.#sent.add(request);
    if (isRequest(message)) this.#open.set(key, request);
    // what only ends with its client
    if (message.method === 'subscriptions/listen') this.#ended.signal.addEventListener('abort', () => request.abort(), { once: true });
    try {
      const answer = await this.#connection.any({
        method: 'POST',
        path: this.#relayed.path,
        body: Buffer.from(line),
        headers: { ...this.#headers(message), 'content-type': 'application/json' },
        signal: request.signal,
      });
      await this.#tell(message, answer, request.signal);
    } catch (error) {
      if (!request.signal.aborted && message.id !== undefined) this.#sayError(message.id, serverError, (error as Error).message);
    } finally {
      this.#sent.delete(request);
      if (this.#open.get(key) === request) this.#open.delete(key);
    }
  }

  #headers(message: Message): Record<string, string> {
    return {
      accept: 'application/json, text/event-stream',
      ...(this.#version !== undefined && { 'mcp-protocol-version': this.#version }),
      ...(this.#session !== undefined && { 'mcp-session-id': this.#session }),
      ...namedHeaders(message),
    };
  }

  async #tell(message: Message, answer: IncomingMessage, signal: AbortSignal): Promise<void> {
    if (answer.headers['content-type']?.startsWith('text/event-stream')) {
      for await (const { data } of eventsOf(answer, { label: this.#connection.server.label, signal }))
        if (data) this.#say(message, answer, data);
      return;
    }
    const text = (await bytesOf(answer)).toString();
    const said = parsedMessage(text);
    if (said?.jsonrpc) this.#say(message, answer, text);
    else if ((answer.statusCode as number) >= 300) throw refusal(answer, text, this.#connection.server);
  }

  #say(message: Message, { headers }: IncomingMessage, text: string): void {
    const said = parsedMessage(text);
    if (!said) return;
    // a server that cannot read a request does not know its id, and its client would wait
    if (said.id === null && isRequest(message)) said.id = message.id;
    const version = message.method === 'initialize' ? said.result?.protocolVersion : undefined;
    if (typeof version === 'string') {
      this.#version = version;
      this.#session = [headers['mcp-session-id']].flat()[0];
      void this.#follow();
    }
    // a line may not contain another one
    this.#relayed.say(JSON.stringify(said));
  }

  /** What the server says by itself, by the older revisions, until it does not offer that or the client ends. */
  async #follow(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        const headers = { ...this.#headers({}), accept: 'text/event-stream' };
        const answer = await this.#connection.any({ path: this.#relayed.path, headers, signal });
        if (answer.statusCode !== 200) return void answer.resume();
        for await (const { data } of eventsOf(answer, { label: this.#connection.server.label, signal }))
          if (data) this.#relayed.say(JSON.stringify(JSON.parse(data)));
      } catch {
        // the server is away for a while; requests say so
      }
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  #sayError(id: unknown, code: number, message: string): void {
    this.#relayed.say(JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } }));
  }
}
