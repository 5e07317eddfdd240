// The access tokens of users.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SerialWriter } from '../database/serial-writer.js';
import type { AlsoWrite } from '../database/transaction.js';
import type { ChangeType } from '../events/change.js';
import { Events } from '../events/events.js';
import { CodedError } from '../model/coded-error.js';
import type { Role } from '../model/roles.js';
import { Revocations } from './revocations.js';
import { TokenEntity } from './token.entity.js';
import { newToken, tokenDigest } from './token-form.js';

export interface NewToken {
  name: string;
  expiresAtMs: number | null;
  scopes: Role[] | null;
  tools: string[] | null;
}

@Injectable()
export class Tokens {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: SerialWriter,
    private readonly revocations: Revocations,
    private readonly events: Events,
  ) {}

  list(userId: number): Promise<TokenEntity[]> {
    return this.dataSource.getRepository(TokenEntity).find({ where: { userId }, order: { id: 'ASC' } });
  }

  /** The token is returned here and never again. */
  async create(userId: number, { name, expiresAtMs, scopes, tools }: NewToken, also?: AlsoWrite): Promise<{ id: number; token: string }> {
    const token = newToken();
    const row = {
      userId,
      name,
      digest: tokenDigest(token),
      scopes: scopes && JSON.stringify(scopes),
      tools: tools && JSON.stringify(tools),
      expiresAtMs,
      createdAtMs: Date.now(),
    };
    const id = await this.writer.write(async (manager) => {
      const inserted = Number((await manager.insert(TokenEntity, { ...row })).identifiers[0].id);
      await also?.(manager, inserted);
      return inserted;
    });
    this.tell('token.created', userId, id);
    return { id, token };
  }

  async remove(userId: number, id: number): Promise<void> {
    const { affected } = await this.writer.write((manager) => manager.delete(TokenEntity, { id, userId }));
    if (!affected) throw new CodedError('not_found', `there is no token ${id}`);
    this.revocations.tokenRemoved(userId, id);
    this.tell('token.removed', userId, id);
  }

  private tell(type: ChangeType, userId: number, id: number): void {
    this.events.publish(() => ({
      type,
      subject: String(id),
      data: { id, owner: this.events.usernameOf(userId) },
      seenBy: { users: [userId], unlimited: true },
    }));
  }
}
