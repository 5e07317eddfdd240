// The user on whose behalf a binding acts: its owner, with the present role.
import { Injectable } from '@nestjs/common';
import { Users } from '../accounts/users.js';
import { CodedError } from '../model/coded-error.js';
import { mayActAs, type Principal } from '../model/roles.js';

@Injectable()
export class Owners {
  constructor(private readonly users: Users) {}

  /** Throws not_found or forbidden when that user may not start anything any more. */
  async principal(userId: number): Promise<Principal> {
    const { username, role, disabled } = await this.users.get(userId);
    if (disabled) throw new CodedError('forbidden', `the owner ${username} is disabled`);
    if (!mayActAs(role, 'runner'))
      throw new CodedError('forbidden', `the owner ${username} now has the role ${role} and may not start anything`);
    return { userId, username, role };
  }
}
