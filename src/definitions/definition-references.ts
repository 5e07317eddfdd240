// Resolves a reference to a definition: its id, its resource_uri, its name, or owner:name.
import { Injectable } from '@nestjs/common';
import { Users } from '../accounts/users.js';
import { CodedError } from '../model/coded-error.js';
import { namePattern } from '../model/definition-schema.js';
import type { Principal } from '../model/roles.js';
import { type DefinitionRow, DefinitionRows } from './definition-rows.js';

const nameForm = new RegExp(namePattern);
const uriForm = /^(?:\/[^?#]*)?\/api\/process_definition\/([^/]+)\/?$/;

export type Reference = { id: number } | { name: string; owner?: string };

/** Undefined when `text` cannot be a reference. Ids are canonical: no leading zero, at most 15 digits. */
export function parseReference(text: string): Reference | undefined {
  const plain = uriForm.exec(text)?.[1] ?? text;
  if (/^[1-9]\d{0,14}$/.test(plain)) return { id: Number(plain) };
  const colon = plain.lastIndexOf(':');
  const [owner, name] = colon < 0 ? [undefined, plain] : [plain.slice(0, colon), plain.slice(colon + 1)];
  return nameForm.test(name) && owner !== '' ? { name, owner } : undefined;
}

@Injectable()
export class DefinitionReferences {
  constructor(
    private readonly rows: DefinitionRows,
    private readonly users: Users,
  ) {}

  /** Returns the definition, or throws not_found; throws ambiguous_name when several users share one with this name. */
  async find(viewer: Principal, text: string): Promise<DefinitionRow> {
    const reference = parseReference(text);
    const found = reference && ('id' in reference ? await this.rows.byId(viewer, reference.id) : await this.named(viewer, reference));
    if (!found) throw new CodedError('not_found', `there is no definition '${text}'`);
    return found;
  }

  /** The viewer's own definition with this id or plain name, whatever others share; undefined: there is none. */
  async findOwn(viewer: Principal, text: string): Promise<DefinitionRow | undefined> {
    const reference = parseReference(text);
    if (!reference || ('owner' in reference && reference.owner !== undefined)) return undefined;
    const found = 'id' in reference ? [await this.rows.byId(viewer, reference.id)] : await this.rows.byName(viewer, reference.name);
    return found.find((row) => row?.ownerId === viewer.userId) ?? undefined;
  }

  async isUser(name: string): Promise<boolean> {
    return (await this.users.named(name)) !== null;
  }

  /** Null: the owner was removed. */
  async ownerName(viewer: Principal, { ownerId }: DefinitionRow): Promise<string | null> {
    return ownerId === viewer.userId && viewer.credential !== 'socket'
      ? viewer.username
      : ((await this.users.names([ownerId])).get(ownerId) ?? null);
  }

  private async named(viewer: Principal, { name, owner }: { name: string; owner?: string }): Promise<DefinitionRow | undefined> {
    const found = await this.rows.byName(viewer, name);
    const own = owner === undefined && found.find((row) => row.ownerId === viewer.userId);
    if (own) return own;
    if (owner === undefined && found.length <= 1) return found[0];
    const owners = await this.ownerNames(found);
    const wanted = owner === undefined ? found : found.filter((row) => owners.get(row.ownerId) === owner);
    if (wanted.length <= 1) return wanted[0];
    const choices = wanted.map((row) => `${owners.get(row.ownerId)}:${name}`).join(', ');
    throw new CodedError('ambiguous_name', `several definitions are named '${name}'; use one of: ${choices}`);
  }

  private async ownerNames(found: DefinitionRow[]): Promise<Map<number, string>> {
    if (found.length === 0) return new Map();
    return new Map((await this.users.list()).map((user) => [Number(user.id), user.username]));
  }
}
