// Tells clients that listen that the tools which they can see have changed.
import type { ServerEvent, ServerEventBus } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import type { Change } from '../events/change.js';
import { Events } from '../events/events.js';
import type { Principal } from '../model/roles.js';
import { Tools } from './tools.js';

/** What changes within this time is told once. */
const togetherMs = 100;

interface Listener {
  caller: Principal;
  /** Only tools with this tag. */
  tag?: string;
}

@Injectable()
export class ToolChanges {
  private readonly streams = new Set<() => void>();

  constructor(
    private readonly events: Events,
    private readonly tools: Tools,
  ) {}

  /** `end` is called when the server stops, unless what is returned was called before. */
  opened(end: () => void): () => void {
    this.streams.add(end);
    return () => this.streams.delete(end);
  }

  /** Ends the streams of those who listen; they come back to the next server. */
  close(): void {
    for (const end of this.streams) end();
  }

  /** For one request. */
  busOf(listener: Listener): ServerEventBus {
    return { publish: () => {}, subscribe: (hear) => this.listen(listener, () => hear(changed)) };
  }

  /** Until the returned function is called. */
  listen(listener: Listener, tell: () => void): () => void {
    const view = isNarrow(listener) ? new View(() => this.shown(listener)) : null;
    let timer: NodeJS.Timeout | null = null;
    const fire = async () => {
      timer = null;
      if (!view || (await view.hasChanged())) tell();
    };
    const leave = this.events.hear((change) => {
      if (!concerns(listener, change)) return;
      view?.mayChange();
      timer ??= setTimeout(fire, togetherMs);
    });
    return () => {
      if (timer) clearTimeout(timer);
      leave();
    };
  }

  private async shown({ caller, tag }: Listener): Promise<string> {
    const tools = await this.tools.of(caller, tag);
    return JSON.stringify([...tools.values()].map(({ name, head }) => [name, head.id, head.revision]));
  }
}

/** What a listener sees by less than all that its user has; changes of the rest are none of its business. */
class View {
  /** Null: not known, or not known to be older than a change. */
  private seen: string | null = null;
  private looking: Promise<void>;
  private changes = 0;

  constructor(private readonly look: () => Promise<string>) {
    this.looking = this.remember();
  }

  /** To be called at each change, before it is asked about. */
  mayChange(): void {
    this.changes++;
  }

  /** True as well where it cannot be known. */
  async hasChanged(): Promise<boolean> {
    await this.looking;
    const before = this.seen;
    this.looking = this.remember();
    await this.looking;
    return before === null || this.seen !== before;
  }

  private async remember(): Promise<void> {
    const { changes } = this;
    const seen = await this.look().catch(() => null);
    this.seen = changes === this.changes ? seen : null;
  }
}

const changed: ServerEvent = { kind: 'tools_list_changed' };

function isNarrow({ caller, tag }: Listener): boolean {
  return caller.tools !== undefined || tag !== undefined;
}

/** An admin sees every definition, but as tools only its own and the shared ones. */
function concerns({ caller: { userId } }: Listener, change: Change | null): boolean {
  if (change === null) return true;
  const { users, butFor } = change.seenBy;
  return change.tools === true && userId !== butFor && (users === undefined || users.includes(userId));
}
