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
  constructor(private readonly events: Events) {}

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
