// Offers a caller a URL to which it may send one file, without a login.
import { Injectable } from '@nestjs/common';
import { Tickets } from '../accounts/tickets.js';
import { ticketParameter } from '../http/shown-ticket.js';
import { CodedError } from '../model/coded-error.js';
import { fileNameFault } from '../model/file-names.js';
import type { Principal } from '../model/roles.js';
import { Uploads, unusedMs } from '../run-http/uploads.js';

export interface UploadOffer {
  url: string;
  /** What stands for the file. */
  value: string;
  maxBytes: number;
  expiresAtMs: number;
}

@Injectable()
export class UploadOffers {
  constructor(
    private readonly uploads: Uploads,
    private readonly tickets: Tickets,
  ) {}

  /** `base`: the address of this server as the caller knows it. Throws invalid_parameters, too_many_uploads. */
  offer(caller: Principal, base: string, name: unknown): UploadOffer {
    const id = this.uploads.announce(caller.userId, nameOf(name));
    const place = `/mcp/upload/${id}`;
    const { ticket, expiresAtMs } = this.tickets.issue({ principal: caller, place, once: true, lastsMs: unusedMs });
    return { url: `${base}${place}?${ticketParameter}=${ticket}`, value: `upload:${id}`, maxBytes: this.uploads.bytesBound, expiresAtMs };
  }
}

function nameOf(name: unknown): string | null {
  if (name === undefined || name === null || name === '') return null;
  const fault = typeof name === 'string' ? fileNameFault(name) : 'must be a text';
  if (fault) throw new CodedError('invalid_parameters', `name ${fault}`);
  return name as string;
}
