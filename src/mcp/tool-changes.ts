// Tells clients that listen that the tools which they can see have changed.
import type { ServerEvent, ServerEventBus } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { type Change, maySee } from '../events/change.js';
import { Events } from '../events/events.js';
import type { Principal } from '../model/roles.js';

/** What changes within this time is told once. */
const togetherMs = 100;

@Injectable()
export class ToolChanges {
  private readonly streams = new Set<() => void>();

  constructor(private readonly events: Events) {}

  /** `end` is called when the server stops, unless what is returned was called before. */
  opened(end: () => void): () => void {
    this.streams.add(end);
    return () => this.streams.delete(end);
  }

  /** Ends the streams of those who listen; they come back to the next server. */
  close(): void {
    for (const end of this.streams) end();
  }

  /** For one request of this caller. */
  busOf(caller: Principal): ServerEventBus {
    return { publish: () => {}, subscribe: (listener) => this.listen(caller, () => listener(changed)) };
  }

  /** Until the returned function is called. */
  listen(caller: Principal, tell: () => void): () => void {
    let timer: NodeJS.Timeout | null = null;
    const fire = () => {
      timer = null;
      tell();
    };
    const leave = this.events.hear((change) => {
      if (concerns(caller, change)) timer ??= setTimeout(fire, togetherMs);
    });
    return () => {
      if (timer) clearTimeout(timer);
      leave();
    };
  }
}

const changed: ServerEvent = { kind: 'tools_list_changed' };

function concerns(caller: Principal, change: Change | null): boolean {
  return change === null || (change.tools === true && maySee(caller, change.seenBy));
}
