// Puts the events of a log into its text: each byte once, however often the log is told.
import type { LiveEvent } from '../../api/live-messages.js';
import { type LogStream, LogText } from './log-text.js';

/** The id of an event ends in a number: the attempt, from 0, times this, and the place in its log. */
const attemptStep = 2 ** 40;
const encoder = new TextEncoder();
/** Used for each event: its bytes are copied at once. */
let room = new Uint8Array(256 * 1024);

export class LogFeed {
  readonly text = new LogText();
  /** Nothing more comes. */
  hasEnded = false;
  private readonly waiting: (LiveEvent | 'again')[] = [];
  private taken = 0;
  private attempt = 0;
  /** Bytes of this attempt that are in the text, and those of the present telling that are to be left out. */
  private had = { stdout: 0, stderr: 0 };
  private left = { stdout: 0, stderr: 0 };

  take(events: LiveEvent[]): void {
    for (const event of events) this.waiting.push(event);
  }

  /** What comes from here on begins at the beginning of the log. */
  again(): void {
    this.waiting.push('again');
  }

  get isDone(): boolean {
    return this.taken === this.waiting.length;
  }

  /** Goes on until then (performance.now()), or until all that has come is in the text. */
  work(untilMs: number): void {
    while (!this.isDone && performance.now() < untilMs) {
      const one = this.waiting[this.taken++];
      if (one === 'again') this.left = { ...this.had };
      else this.put(one);
    }
    if (this.taken > 1000 || this.isDone) this.waiting.splice(0, this.taken);
    if (this.waiting.length === 0 || this.taken > 1000) this.taken = 0;
  }

  private put(event: LiveEvent): void {
    const timeMs = Date.parse(event.time ?? '');
    if (event.type === 'run.log.ended') {
      this.text.close();
      this.hasEnded = true;
      return;
    }
    const stream: LogStream = event.type === 'run.stderr' ? 'stderr' : 'stdout';
    this.begin(Math.floor(Number(event.id.slice(event.id.lastIndexOf(':') + 1)) / attemptStep), timeMs);
    const all = bytesOf(event);
    const rest = all.subarray(Math.min(this.left[stream], all.length));
    this.left[stream] -= all.length - rest.length;
    this.had[stream] += rest.length;
    this.text.append(stream, rest, timeMs);
  }

  /** A program that is started once more begins a new log; what the former one has said stays to be read. */
  private begin(attempt: number, timeMs: number): void {
    this.hasEnded = false;
    if (attempt === this.attempt) return;
    this.attempt = attempt;
    this.had = { stdout: 0, stderr: 0 };
    this.left = { stdout: 0, stderr: 0 };
    this.text.note(`Attempt ${attempt + 1}`, timeMs);
  }
}

function bytesOf({ data, data_base64 }: LiveEvent): Uint8Array {
  if (data_base64 !== undefined) return Uint8Array.from(atob(data_base64), (letter) => letter.charCodeAt(0));
  const text = data as string;
  if (room.length < text.length * 3) room = new Uint8Array(text.length * 3);
  return room.subarray(0, encoder.encodeInto(text, room).written);
}
