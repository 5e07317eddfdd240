// The listeners that are told when definitions were removed: in the same transaction, and once it is committed.
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SerialWriter } from '../database/serial-writer.js';
import type { WriteJob } from '../database/transaction.js';

export interface RemovalListener {
  /** Called in the transaction; the tables show which definitions are gone. */
  within?: (manager: EntityManager) => Promise<void>;
  afterwards: () => void;
}

@Injectable()
export class RemovalListeners {
  private readonly listeners: RemovalListener[] = [];

  constructor(private readonly writer: SerialWriter) {}

  listen(listener: RemovalListener): void {
    this.listeners.push(listener);
  }

  /** A write that may remove definitions. */
  async write<Result>(job: WriteJob<Result>): Promise<Result> {
    const result = await this.writer.write(async (manager) => {
      const done = await job(manager);
      for (const { within } of this.listeners) await within?.(manager);
      return done;
    });
    for (const { afterwards } of this.listeners) afterwards();
    return result;
  }
}
