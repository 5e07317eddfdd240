// The connection that the tabs of a browser share: what each is told, over hidden tabs, other tabs and connections that die in silence.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveHub } from '../../web/src/api/live-hub.js';
import type { LiveMessage, TabWishes } from '../../web/src/api/live-messages.js';

/** Each connection to the server: what was asked, and how it is answered. */
interface Connection {
  url: string;
  from: string | undefined;
  say(text: string, point: number): void;
  isOpen(): boolean;
}

const connections: Connection[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  connections.length = 0;
  vi.stubGlobal('fetch', async (url: string, { headers, signal }: { headers: Record<string, string>; signal: AbortSignal }) => {
    let writer!: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        writer = controller;
      },
    });
    signal.addEventListener('abort', () => writer.error(new Error('aborted')));
    const say = (text: string, point: number) => {
      const data = JSON.stringify({ id: `r:${point}`, type: 'io.process-registry.run.stdout.v1', subject: 'r', data: text });
      writer.enqueue(new TextEncoder().encode(`event: stdout\nid: 1;r:${point}\ndata: ${data}\n\n`));
    };
    connections.push({ url, from: headers['Last-Event-ID'], say, isOpen: () => !signal.aborted });
    return new Response(body);
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const wishes = (more: Partial<TabWishes> = {}): TabWishes => ({ basePath: '', key: 'k', runs: ['r'], isVisible: true, ...more });
const passed = (ms = 20) => vi.advanceTimersByTimeAsync(ms);
const last = () => connections[connections.length - 1];

function tab(hub: LiveHub) {
  const told: string[] = [];
  const who = {};
  const say = (message: LiveMessage) => {
    if (message.kind === 'events') told.push(...message.events.map(({ data }) => String(data)));
    if (message.kind === 'again') told.push('again');
  };
  return { told, wish: (more?: Partial<TabWishes>) => hub.hear(who, wishes(more), say) };
}

test('A tab that comes back after it was hidden for long is told that its log begins again', async () => {
  const hub = new LiveHub();
  const { told, wish } = tab(hub);
  wish();
  await passed();
  last().say('one', 10);
  await passed();
  wish({ isVisible: false });
  await passed(6 * 60_000);
  expect(connections.map((one) => one.isOpen())).not.toContain(true);
  wish();
  await passed();
  expect(last().from).toBeUndefined();
  last().say('one', 10);
  await passed();
  expect(told).toEqual(['one', 'again', 'one']);
});

test('A second reader of a log gets all of it, and the first one is told before', async () => {
  const hub = new LiveHub();
  const [first, second] = [tab(hub), tab(hub)];
  first.wish();
  await passed();
  last().say('one', 10);
  await passed();
  second.wish();
  await passed();
  last().say('one', 10);
  await passed();
  expect(first.told).toEqual(['one', 'again', 'one']);
  expect(second.told).toEqual(['again', 'one']);
  expect(connections.filter((one) => one.isOpen())).toHaveLength(1);
});

test('A connection that is silent for too long is made anew, from where it was', async () => {
  const hub = new LiveHub();
  const { told, wish } = tab(hub);
  wish();
  await passed();
  last().say('one', 10);
  await passed(50_000);
  expect(connections).toHaveLength(2);
  expect(last().from).toBe('1;r:10');
  last().say('two', 20);
  await passed();
  expect(told).toEqual(['one', 'two']);
});
