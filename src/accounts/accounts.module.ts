// Wires the accounts room.
import { Module } from '@nestjs/common';
import { Credentials } from './credentials.js';
import { Tokens } from './tokens.js';
import { Users } from './users.js';

@Module({ providers: [Credentials, Users, Tokens], exports: [Credentials, Users, Tokens] })
export class AccountsModule {}
