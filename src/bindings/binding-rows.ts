// Reads and writes the rows of bindings, and decides which user sees which.
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { SerialWriter } from '../database/serial-writer.js';
import type { AlsoWrite } from '../database/transaction.js';
import type { ChangeType } from '../events/change.js';
import { Events } from '../events/events.js';
import { CodedError } from '../model/coded-error.js';
import type { Principal } from '../model/roles.js';
import { BindingEntity } from './binding.entity.js';
import { BindingMessageEntity } from './binding-message.entity.js';

@Injectable()
export class BindingRows {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: SerialWriter,
    private readonly events: Events,
  ) {}

  async page(viewer: Principal, { limit, offset }: { limit: number; offset: number }): Promise<{ rows: BindingEntity[]; total: number }> {
    const where = visible(viewer);
    const repository = this.dataSource.getRepository(BindingEntity);
    const total = await repository.countBy(where);
    return { rows: await repository.find({ where, order: { id: 'ASC' }, take: limit, skip: offset }), total };
  }

  /** Throws not_found, also for a binding that this user may not see. */
  async find(viewer: Principal, id: number): Promise<BindingEntity> {
    const row = await this.byId(id);
    if (!row || (viewer.role !== 'admin' && row.ownerId !== viewer.userId)) throw new CodedError('not_found', `there is no binding ${id}`);
    return row;
  }

  byId(id: number): Promise<BindingEntity | null> {
    return this.dataSource.getRepository(BindingEntity).findOneBy({ id });
  }

  enabled(): Promise<BindingEntity[]> {
    return this.dataSource.getRepository(BindingEntity).find({ where: { enabled: true }, order: { id: 'ASC' } });
  }

  all(): Promise<BindingEntity[]> {
    return this.dataSource.getRepository(BindingEntity).find({ order: { id: 'ASC' } });
  }

  async insert(row: Omit<BindingEntity, 'id'>, also?: AlsoWrite): Promise<number> {
    const id = await this.writer.write(async (manager) => {
      const inserted = Number((await manager.insert(BindingEntity, { ...row })).identifiers[0].id);
      await also?.(manager, inserted);
      return inserted;
    });
    this.tell('binding.created', { ...row, id });
    return id;
  }

  async update(id: number, change: Partial<BindingEntity>): Promise<void> {
    if (Object.keys(change).length === 0) return;
    await this.writer.write((manager) => manager.update(BindingEntity, { id }, change));
  }

  async remove(row: BindingEntity): Promise<void> {
    const { id } = row;
    await this.writer.write(async (manager) => {
      await manager.delete(BindingMessageEntity, { bindingId: id });
      await manager.delete(BindingEntity, { id });
    });
    this.tell('binding.removed', row);
  }

  /** Publishes a change that is committed. */
  tell(type: Extract<ChangeType, `binding.${string}`>, { id, ownerId, definitionId, inputBus, inputStream, enabled }: BindingEntity): void {
    this.events.publish(() => ({
      type,
      subject: String(id),
      data: {
        id: Number(id),
        definition_id: Number(definitionId),
        owner: this.events.usernameOf(ownerId),
        input: { bus: inputBus, stream: inputStream },
        enabled: Boolean(enabled),
      },
      seenBy: { users: [Number(ownerId)] },
    }));
  }
}

function visible(viewer: Principal): FindOptionsWhere<BindingEntity> {
  return viewer.role === 'admin' ? {} : { ownerId: viewer.userId };
}

/** To be called inside the transaction that has removed definitions. */
export async function disableOrphans(manager: EntityManager): Promise<void> {
  await manager
    .createQueryBuilder()
    .update(BindingEntity)
    .set({ enabled: false, error: 'its definition was deleted' })
    .where('definition_id NOT IN (SELECT id FROM process_definition)')
    .andWhere('enabled = :enabled', { enabled: true })
    .execute();
}
