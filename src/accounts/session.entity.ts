// The table of sessions; only the digests of cookie and key are stored.
import { Column, Entity, Index } from 'typeorm';
import { GeneratedId, ReferenceId, TimeMs } from '../database/column-types.js';

@Entity({ name: 'user_session' })
export class SessionEntity {
  @GeneratedId()
  id: number;

  @Index()
  @ReferenceId({ name: 'user_id' })
  userId: number;

  /** SHA-256 in hex, as that of the cookie. */
  @Index({ unique: true })
  @Column({ name: 'key_digest', type: 'varchar', length: 64 })
  keyDigest: string;

  @Column({ name: 'cookie_digest', type: 'varchar', length: 64 })
  cookieDigest: string;

  @TimeMs({ name: 'created_at' })
  createdAtMs: number;

  /** Up to a minute before the last use. */
  @TimeMs({ name: 'used_at' })
  usedAtMs: number;
}
