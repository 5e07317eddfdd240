// Sets passwords: checks a new one, and keeps the generated one in DATA_DIR/admin-password until it is changed.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { Logger } from '@nestjs/common';
import { checkedPassword, normalized } from './login-rules.js';
import { hashPassword, verifyPassword } from './password-hash.js';
import type { UserEntity } from './user.entity.js';

export class Passwords {
  private readonly logger = new Logger('accounts');

  constructor(
    /** The least number of characters of a password that is set from now on. */
    private readonly minLength: number,
    /** The user whose generated password is kept, and the file that holds it. */
    private readonly kept: { username: string; file: string },
  ) {}

  /** Throws invalid_request for a password that cannot be set. */
  async hash(password: string): Promise<string> {
    return hashPassword(checkedPassword(password, this.minLength));
  }

  /** The same for a password of any length: an operator's own setting must not keep a server from starting. */
  hashOfAnyLength(password: string): Promise<string> {
    return hashPassword(checkedPassword(password, 1));
  }

  /** Why a password would be refused as a new one because of its length; undefined: it is long enough. */
  shortness(password: string): string | undefined {
    const { length } = [...normalized(password)];
    return length < this.minLength ? `has ${length} of at least ${this.minLength} characters (MIN_PASSWORD_LENGTH)` : undefined;
  }

  /** Writes the file so that nobody else can read it, whatever was there before. */
  async keepGenerated(password: string): Promise<void> {
    await rm(this.kept.file, { force: true });
    await writeFile(this.kept.file, `${password}\n`, { mode: 0o600, flag: 'wx' });
  }

  /** The generated password; undefined when none is kept. */
  async generated(): Promise<string | undefined> {
    return (await readFile(this.kept.file, 'utf8').catch(() => undefined))?.trim();
  }

  /** Called when a password was changed, or its user is gone; `former` is the user as it was. */
  async forgetGenerated(former: UserEntity): Promise<void> {
    const generated = await this.generated();
    if (generated === undefined) return;
    if (former.username !== this.kept.username && !(await verifyPassword(generated, former.passwordHash))) return;
    await rm(this.kept.file, { force: true }).catch((error: Error) =>
      this.logger.warn(`the outdated password file could not be removed: ${error.message}`),
    );
  }
}
