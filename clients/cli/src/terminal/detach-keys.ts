// The keys that leave a terminal without ending its program: Ctrl-P Ctrl-Q, as with docker.

const [first, second] = [0x10, 0x11];

export class DetachKeys {
  #isHalf = false;

  /** What of the typed bytes goes to the program, and whether the keys are among them; a Ctrl-P waits for the key behind it. */
  read(typed: Buffer): { through: Buffer; detach: boolean } {
    const through: number[] = [];
    for (const byte of typed) {
      if (this.#isHalf && byte === second) return { through: Buffer.from(through), detach: true };
      if (this.#isHalf) through.push(first);
      this.#isHalf = byte === first;
      if (!this.#isHalf) through.push(byte);
    }
    return { through: Buffer.from(through), detach: false };
  }
}
