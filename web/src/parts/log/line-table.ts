// Where the lines of a log are, and what is known of each: columns of numbers that grow, since a million objects would be too many.

export interface LineFacts {
  timeMs: number;
  kind: number;
  look: number;
}

export interface LinePlace extends LineFacts {
  page: number;
  start: number;
  lengthBytes: number;
}

export class LineTable {
  length = 0;
  private capacity = 1024;
  private pages = new Uint32Array(this.capacity);
  private starts = new Uint32Array(this.capacity);
  private lengths = new Uint16Array(this.capacity);
  private times = new Float64Array(this.capacity);
  private kinds = new Uint8Array(this.capacity);
  private looks = new Uint8Array(this.capacity);

  push(page: number, start: number, lengthBytes: number, { timeMs, kind, look }: LineFacts): void {
    if (this.length === this.capacity) this.grow();
    const at = this.length++;
    this.pages[at] = page;
    this.starts[at] = start;
    this.lengths[at] = lengthBytes;
    this.times[at] = timeMs;
    this.kinds[at] = kind;
    this.looks[at] = look;
  }

  at(index: number): LinePlace {
    return {
      page: this.pages[index],
      start: this.starts[index],
      lengthBytes: this.lengths[index],
      timeMs: this.times[index],
      kind: this.kinds[index],
      look: this.looks[index],
    };
  }

  /** Removes the lines of this page, which are the first ones; returns how many. */
  dropPage(page: number): number {
    let count = 0;
    while (count < this.length && this.pages[count] === page) count++;
    for (const column of this.columns) column.copyWithin(0, count, this.length);
    this.length -= count;
    return count;
  }

  private get columns() {
    return [this.pages, this.starts, this.lengths, this.times, this.kinds, this.looks];
  }

  private grow(): void {
    this.capacity *= 2;
    this.pages = copied(this.pages, new Uint32Array(this.capacity));
    this.starts = copied(this.starts, new Uint32Array(this.capacity));
    this.lengths = copied(this.lengths, new Uint16Array(this.capacity));
    this.times = copied(this.times, new Float64Array(this.capacity));
    this.kinds = copied(this.kinds, new Uint8Array(this.capacity));
    this.looks = copied(this.looks, new Uint8Array(this.capacity));
  }
}

function copied<Column extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
