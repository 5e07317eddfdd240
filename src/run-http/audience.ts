// The followers of one log that have read all of it: what it grows by is read once, made into events once, and written to all of them in one turn.
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { sharedChunk, writeShared } from '../http/shared-chunk.js';
import type { RawReply } from '../http/sse.js';
import type { LogStream } from '../model/log-format.js';
import { restOf } from '../model/log-since.js';
import type { LogOpener, LogSource } from '../model/log-source.js';
import { logUntil } from '../model/log-until.js';
import { type FrameBlock, readBlocks } from '../model/read-frames.js';
import { blockEvents, type Wanted } from './block-events.js';

const blockBytes = 64 * 1024;
/** How many followers are written to before other work of the server comes in between. */
const atOnce = 250;
/** After a turn an audience rests as long as the turn took, for other work; longer where that is still short, so that the next turn brings more lines. */
const restPerTurn = 4;
const shortRestMs = 12;

interface Follower {
  raw: RawReply;
  /** Where the log continues for this follower. */
  offset: number;
  leave: () => void;
}

/** What a follower says when it has read all. */
interface Joining {
  raw: RawReply;
  /** To here the follower has read. */
  offset: number;
  gone: AbortSignal;
}

/** One audience for each log and what is wanted of it. */
const audiences = new WeakMap<LogOpener, Map<LogStream | undefined, Audience>>();

/**
 * Writes what the log grows by. Resolves when the follower must read on by itself, from the offset that is returned: it is behind, it takes less
 * than it gets, the log has ended, or `gone` is aborted.
 */
export async function joinAudience(source: LogOpener, wanted: Wanted, joining: Joining): Promise<number> {
  if (joining.gone.aborted) return joining.offset;
  const ofLog = audiences.get(source) ?? new Map<LogStream | undefined, Audience>();
  audiences.set(source, ofLog);
  let audience = ofLog.get(wanted.stream);
  if (!audience) {
    audience = new Audience(source, { wanted, from: joining.offset, over: () => ofLog.delete(wanted.stream) });
    ofLog.set(wanted.stream, audience);
  }
  return audience.join(joining);
}

class Audience {
  private readonly followers = new Set<Follower>();
  private readonly left = new AbortController();
  private readonly log: LogSource;
  private readonly wanted: Wanted;
  /** Called when the audience takes nobody any more. */
  private readonly over: () => void;
  /** Up to here the log was read for all. */
  private position: number;

  constructor(source: LogOpener, { wanted, from, over }: { wanted: Wanted; from: number; over: () => void }) {
    this.log = logUntil(source.openLog(), this.left.signal);
    this.wanted = wanted;
    this.position = from;
    this.over = over;
    void this.play();
  }

  join({ raw, offset, gone }: Joining): Promise<number> {
    if (offset < this.position) return Promise.resolve(offset);
    return new Promise((resolve) => {
      const follower = { raw, offset, leave: () => {} };
      follower.leave = () => {
        this.followers.delete(follower);
        gone.removeEventListener('abort', follower.leave);
        if (this.followers.size === 0) this.close();
        resolve(follower.offset);
      };
      gone.addEventListener('abort', follower.leave);
      this.followers.add(follower);
    });
  }

  private close(): void {
    if (this.left.signal.aborted) return;
    this.over();
    this.left.abort();
  }

  private async play(): Promise<void> {
    try {
      await this.follow();
    } catch {
      // each follower meets the fault when it reads on
    }
    this.close();
    for (const { leave } of this.followers) leave();
  }

  private async follow(): Promise<void> {
    for await (const block of readBlocks(this.log, { from: this.position, follow: true, blockBytes })) {
      const beganMs = performance.now();
      this.position = block.end;
      await this.write(block);
      const tookMs = performance.now() - beganMs;
      const restMs = Math.max(tookMs, Math.min(shortRestMs, tookMs * restPerTurn));
      if (restMs >= 1) await sleep(restMs);
    }
  }

  private async write(block: FrameBlock): Promise<void> {
    const whole = sharedChunk(blockEvents(block, this.wanted));
    let written = 0;
    for (const follower of this.followers) {
      if (follower.offset >= block.end) continue;
      // a follower that has come in the middle of a block gets the rest of it
      const chunk = follower.offset === block.offset ? whole : sharedChunk(blockEvents(restOf(block, follower.offset), this.wanted));
      follower.offset = block.end;
      if (chunk && !writeShared(follower.raw, chunk)) follower.leave();
      if (++written % atOnce === 0) await nextTurn();
    }
  }
}
