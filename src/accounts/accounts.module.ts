// Wires the accounts.
import { Module } from '@nestjs/common';
import { Credentials } from './credentials.js';
import { OpenConnections } from './open-connections.js';
import { Revocations } from './revocations.js';
import { Sessions } from './sessions.js';
import { Tickets } from './tickets.js';
import { Tokens } from './tokens.js';
import { Users } from './users.js';

const providers = [Credentials, OpenConnections, Revocations, Users, Tokens, Sessions, Tickets];

@Module({ providers, exports: providers })
export class AccountsModule {}
