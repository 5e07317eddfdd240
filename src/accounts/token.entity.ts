// The table of access tokens; only the digest of a token is stored, never the token itself.
import { Column, Entity, Index } from 'typeorm';
import { GeneratedId, LongText, ReferenceId, TimeMs } from '../database/column-types.js';

@Entity({ name: 'access_token' })
export class TokenEntity {
  @GeneratedId()
  id: number;

  @Index()
  @ReferenceId({ name: 'user_id' })
  userId: number;

  @Column({ type: 'varchar', length: 150 })
  name: string;

  /** SHA-256 in hex. */
  @Index({ unique: true })
  @Column({ type: 'varchar', length: 64 })
  digest: string;

  /** A JSON list of roles; the token may do what the highest of them may, and never more than its user. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  scopes: string | null;

  /** A JSON list of names and tags of tools; the token may call these at /mcp, and nothing else. Null: it is an ordinary token. */
  @LongText({ nullable: true })
  tools: string | null;

  @TimeMs({ name: 'expires_at', nullable: true })
  expiresAtMs: number | null;

  @TimeMs({ name: 'created_at' })
  createdAtMs: number;
}
