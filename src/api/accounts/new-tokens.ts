// Creates access tokens over HTTP: a user's own, and those that an admin creates for a user.
import { Injectable } from '@nestjs/common';
import { Tokens } from '../../accounts/tokens.js';
import { unlessEnded } from '../../accounts/unless-ended.js';
import { keyedJson, keyHeader } from '../../http/idempotency-key.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import type { RouteOptions } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
import { readValidated } from '../../http/validate-dto.js';
import { CodedError } from '../../model/coded-error.js';
import { IdempotencyKeys } from '../../runs/idempotency-keys.js';
import { NewTokenBody, newTokenOf, TokenBody } from './account-bodies.js';

/** What the routes that create tokens have in common. */
export const newTokenRoute = {
  verb: 'POST',
  headers: keyHeader,
  body: { 'application/json': NewTokenBody },
  answers: {
    201: { what: 'the token, which is shown only this once', body: TokenBody, headers: { Location: 'the token, for DELETE' } },
  },
  errors: ['invalid_json', 'invalid_request', 'already_created', 'idempotency_mismatch', 'unsupported_media_type'],
} satisfies Partial<RouteOptions>;

@Injectable()
export class NewTokens {
  constructor(
    private readonly tokens: Tokens,
    private readonly keys: IdempotencyKeys,
  ) {}

  /** `uri`: the address of the user's token with this number. Throws already_created for a repetition. */
  async send(request: Request, reply: Reply, { userId, uri }: { userId: number; uri: (id: number) => string }): Promise<void> {
    const body = await readValidated(request, NewTokenBody);
    const create = (also: Parameters<Tokens['create']>[2]) =>
      this.tokens.create(userId, newTokenOf(body), unlessEnded(principalOf(request), also));
    const { row, id, status, location } = await this.keys.once(keyedJson(request, body), { create, uri });
    if (!row) throw new CodedError('already_created', `this request has created the token ${id}, whose text is not shown again`, { id });
    sendJson(reply.header('location', location), status, { id, name: body.name, token: row.token });
  }
}
