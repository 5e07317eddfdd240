// Which user a name means: the one with exactly this name, else the one with the name in normal form.
import type { EntityManager } from 'typeorm';
import { normalized } from './login-rules.js';
import { UserEntity } from './user.entity.js';

export async function userNamed(manager: EntityManager, username: string): Promise<UserEntity | null> {
  const exact = await manager.findOneBy(UserEntity, { username });
  const name = normalized(username);
  return exact ?? (name === username ? null : manager.findOneBy(UserEntity, { username: name }));
}
