// The calls that may be cancelled by a message of their own (notifications/cancelled), which comes as another request.
import { Injectable } from '@nestjs/common';

@Injectable()
export class Cancellations {
  private readonly open = new Map<string, Set<() => void>>();

  /** Returns what is to be called when the call is over. */
  enter(caller: string, id: unknown, cancel: () => void): () => void {
    const key = keyOf(caller, id);
    const calls = this.open.get(key) ?? new Set();
    this.open.set(key, calls.add(cancel));
    return () => {
      calls.delete(cancel);
      if (calls.size === 0 && this.open.get(key) === calls) this.open.delete(key);
    };
  }

  /** Clients count their requests from the same number on: where several are meant, none is cancelled. */
  cancel(caller: string, id: unknown): void {
    const calls = this.open.get(keyOf(caller, id));
    if (calls?.size !== 1) return;
    for (const cancel of calls) cancel();
  }
}

function keyOf(caller: string, id: unknown): string {
  return JSON.stringify([caller, id]);
}
