// Users, tokens and sessions over HTTP: /api/user/, /api/me/, /api/token/, /api/session/, /api/ticket/.
import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { NewTokens } from './new-tokens.js';
import { OwnAccountController } from './own-account-controller.js';
import { SessionController } from './session-controller.js';
import { TicketController } from './ticket-controller.js';
import { UserController } from './user-controller.js';
import { UserTokenController } from './user-token-controller.js';

@Module({
  imports: [AccountsModule, RunsModule],
  controllers: [UserController, UserTokenController, OwnAccountController, SessionController, TicketController],
  providers: [NewTokens],
})
export class AccountsApiModule {}
