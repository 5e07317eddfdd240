// The place of a run in a lane: what decides when it may start, and whether it has started.

/** What decides when a run may start. `group` null: the definition has no limit. */
export interface Place {
  user: number;
  lane: string;
  priority: number;
  group: string | null;
  groupLimit: number;
}

/** The way of a run through its lane: it waits, or has entered. */
export class LaneSlot {
  state: 'waiting' | 'entered' | 'left' = 'waiting';
  private tell: (() => void) | null = null;

  constructor(readonly place: Place) {}

  /** Resolves when the run has entered. */
  get entered(): Promise<void> {
    return new Promise((resolve) => this.onEntered(resolve));
  }

  /** `listener` is called when the run enters; at once when it has entered. */
  onEntered(listener: () => void): void {
    if (this.state === 'entered') return listener();
    const former = this.tell;
    this.tell = () => {
      former?.();
      listener();
    };
  }

  enter(): void {
    this.state = 'entered';
    this.tell?.();
    this.tell = null;
  }
}
