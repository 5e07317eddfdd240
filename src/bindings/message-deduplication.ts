// Remembers messages that have an id, so that each try has one run, however often the bus delivers them.
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { deleteOld } from '../database/delete-old.js';
import { SerialWriter } from '../database/serial-writer.js';
import { BindingEntity } from './binding.entity.js';
import { BindingMessageEntity } from './binding-message.entity.js';

/** How long a message is remembered after its output, or its dead letter, was confirmed; before that it is never forgotten. */
const rememberedMs = 24 * 3_600_000;

export interface Done {
  bindingId: number;
  /** Undefined: the message has no id, and is not remembered. */
  messageId: string | undefined;
  /** Null: the message has no run. */
  runId: string | null;
}

export interface Try extends Done {
  /** The number of the try; the first is 1. */
  tries: number;
  runId: string;
}

@Injectable()
export class MessageDeduplication {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: SerialWriter,
  ) {}

  async find(bindingId: number, messageId: string | undefined): Promise<BindingMessageEntity | null> {
    if (messageId === undefined) return null;
    return this.dataSource.getRepository(BindingMessageEntity).findOneBy({ bindingId, messageId });
  }

  /** For the transaction that accepts a run: returns the run that already has this try, or null when the new run has it now. */
  claim({ bindingId, messageId, tries, runId }: Try): ((manager: EntityManager) => Promise<string | null>) | undefined {
    if (messageId === undefined) return undefined;
    return async (manager) => {
      const known = await manager.findOneBy(BindingMessageEntity, { bindingId, messageId });
      if (known && known.tries >= tries) return known.runId;
      if (known) await manager.update(BindingMessageEntity, { bindingId, messageId }, { tries, runId });
      else await manager.insert(BindingMessageEntity, { bindingId, messageId, tries, runId, doneAtMs: null });
      return null;
    };
  }

  /** Notes that the bus has the output of the message, or its dead letter. */
  async done({ bindingId, messageId, runId }: Done, outcome: 'handled' | 'failed'): Promise<void> {
    await this.writer.write(async (manager) => {
      const first = messageId === undefined || (await markDone(manager, { bindingId, messageId, runId }));
      if (first) await manager.increment(BindingEntity, { id: bindingId }, outcome, 1);
    });
  }

  async expire(): Promise<void> {
    await deleteOld(this.dataSource, this.writer, { table: 'binding_message', column: 'done_at', beforeMs: Date.now() - rememberedMs });
  }
}

/** False when the message was done before: it was delivered again while its output was being confirmed. */
async function markDone(manager: EntityManager, { bindingId, messageId, runId }: Done & { messageId: string }): Promise<boolean> {
  const doneAtMs = Date.now();
  const known = await manager.findOneBy(BindingMessageEntity, { bindingId, messageId });
  if (known?.doneAtMs) return false;
  if (known) await manager.update(BindingMessageEntity, { bindingId, messageId }, { doneAtMs });
  else await manager.insert(BindingMessageEntity, { bindingId, messageId, runId, tries: 0, doneAtMs });
  return true;
}
