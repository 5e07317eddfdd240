// A bar on stderr for bytes that take a while; nothing where stderr is not a terminal.
import { Transform, type TransformCallback } from 'node:stream';
import { plain } from './table.js';

/** Fewer bytes get no bar. */
const leastBytes = 4 * 2 ** 20;
const redrawMs = 100;
const barCharacters = 30;

export class Progress {
  readonly #label: string;
  readonly #total: number;
  readonly #isShown: boolean;
  #bytes = 0;
  #drawnAtMs = 0;

  /** `total` in bytes. */
  constructor(label: string, total: number) {
    this.#label = plain(label);
    this.#total = total;
    this.#isShown = process.stderr.isTTY && total >= leastBytes;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    if (!this.#isShown || performance.now() - this.#drawnAtMs < redrawMs) return;
    this.#drawnAtMs = performance.now();
    this.#draw();
  }

  /** Clears the line. */
  end(): void {
    if (this.#isShown) process.stderr.write('\r\x1b[K');
  }

  /** Passes bytes on and counts them. */
  counting(): Transform {
    const counter = new CountedBytes((bytes) => this.add(bytes));
    counter.once('close', () => this.end());
    return counter;
  }

  #draw(): void {
    const part = Math.min(1, this.#bytes / this.#total);
    const bar = '#'.repeat(Math.round(part * barCharacters)).padEnd(barCharacters);
    const line = `${this.#label} [${bar}] ${String(Math.floor(part * 100)).padStart(3)} %  ${sizeText(this.#bytes)} of ${sizeText(this.#total)}`;
    process.stderr.write(`\r${line.slice(0, (process.stderr.columns || 80) - 1)}\x1b[K`);
  }
}

class CountedBytes extends Transform {
  readonly #see: (bytes: number) => void;

  constructor(see: (bytes: number) => void) {
    super();
    this.#see = see;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#see(chunk.length);
    done(null, chunk);
  }
}

/** Three digits at most: `4.2 MB`, `812 kB`. */
function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${power > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}
