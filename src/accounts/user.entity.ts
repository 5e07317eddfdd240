// The table of users.
import { Column, Entity, Index } from 'typeorm';
import { GeneratedId, TimeMs } from '../database/column-types.js';
import type { Role } from '../model/roles.js';

@Entity({ name: 'user_account' })
export class UserEntity {
  @GeneratedId()
  id: number;

  @Index({ unique: true })
  @Column({ type: 'varchar', length: 150 })
  username: string;

  @Column({ name: 'password_hash', type: 'varchar', length: 255 })
  passwordHash: string;

  @Column({ type: 'varchar', length: 16 })
  role: Role;

  @Column({ type: 'boolean', default: false })
  disabled: boolean;

  @TimeMs({ name: 'created_at' })
  createdAtMs: number;
}
