// Wakes all callers that wait for the next change of something.

export class ChangeNotifier {
  private waiting: (() => void)[] = [];

  next(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Returns how many were woken. */
  wake(): number {
    const woken = this.waiting.splice(0);
    for (const resolve of woken) resolve();
    return woken.length;
  }
}
