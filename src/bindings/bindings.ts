// Creates, changes, removes and finds bindings; the enabled ones take messages from the boot to the end of the server.
import { Injectable } from '@nestjs/common';
import { unlessEnded } from '../accounts/unless-ended.js';
import { Buses, type BusName } from '../bus/buses.js';
import type { AlsoWrite } from '../database/transaction.js';
import { Definitions } from '../definitions/definitions.js';
import { CodedError } from '../model/coded-error.js';
import { refuseEnded } from '../model/ended-credentials.js';
import type { Principal } from '../model/roles.js';
import { queueOf } from './active-binding.js';
import { ActiveBindings, type BindingState } from './active-bindings.js';
import type { BindingEntity } from './binding.entity.js';
import { BindingRows, disableOrphans } from './binding-rows.js';
import { MessageDeduplication } from './message-deduplication.js';
import { type Holding, retryUntilClosed } from './retry-until-closed.js';

const expiryMs = 3_600_000;

/** Where messages come from or go to; without a bus, the default bus of this server. */
export interface StreamEnd {
  bus?: BusName;
  stream: string;
}

export interface BindingChange {
  /** The id, resource_uri or name of the definition. */
  definition?: string;
  /** Null: outputs go only to a sender that asked for a reply. */
  output?: StreamEnd | null;
  concurrency?: number;
  maxTries?: number;
  enabled?: boolean;
}

export type NewBinding = BindingChange & { definition: string; input: StreamEnd };

@Injectable()
export class Bindings {
  private expiry: NodeJS.Timeout | undefined;
  private readonly closing = new AbortController();
  private readonly holding: Holding = { delivery: { live: true }, retired: this.closing.signal, say: () => {} };

  constructor(
    private readonly rows: BindingRows,
    private readonly active: ActiveBindings,
    private readonly definitions: Definitions,
    private readonly buses: Buses,
    private readonly journal: MessageDeduplication,
  ) {}

  /** To be called at boot, when the runs of the former server are known. Does not wait for a broker. */
  async start(): Promise<void> {
    this.definitions.onRemoval(() => void retryUntilClosed(this.holding, () => this.endDisabled()).catch(() => {}), disableOrphans);
    for (const row of await this.rows.all()) void this.active.apply(row);
    this.expiry = setInterval(() => void this.journal.expire().catch(() => {}), expiryMs).unref();
    void this.journal.expire().catch(() => {});
  }

  /** Takes no more messages, and gives back those that are not done within `graceMs`. */
  async close(graceMs: number): Promise<void> {
    clearInterval(this.expiry);
    this.closing.abort();
    await this.active.close(graceMs);
    await this.buses.close();
  }

  list(viewer: Principal, page: { limit: number; offset: number }): Promise<{ rows: BindingEntity[]; total: number }> {
    return this.rows.page(viewer, page);
  }

  find(viewer: Principal, id: number): Promise<BindingEntity> {
    return this.rows.find(viewer, id);
  }

  /** How many messages were taken and are not yet acknowledged. */
  get inFlight(): number {
    return this.active.inFlight;
  }

  state(row: BindingEntity): BindingState {
    return this.active.state(row);
  }

  async create(owner: Principal, { input, ...wanted }: NewBinding, also?: AlsoWrite): Promise<BindingEntity> {
    const inputBus = this.knownBus(input.bus);
    const { definitionId = 0, ...changed } = await this.columns(owner, wanted);
    const defaults = { outputBus: null, outputStream: null, concurrency: 1, maxTries: 3, enabled: true };
    const fresh = { error: null, handled: 0, failed: 0, createdAtMs: Date.now() };
    const position = await this.active.newest(definitionId);
    const row = {
      ...defaults,
      ...changed,
      ...fresh,
      ...position,
      ownerId: owner.userId,
      definitionId,
      inputBus,
      inputStream: input.stream,
    };
    refuseLoop(row);
    return this.apply(await this.rows.insert(row, unlessEnded(owner, also)));
  }

  async change(author: Principal, id: number, wanted: BindingChange): Promise<BindingEntity> {
    const row = await this.rows.find(author, id);
    const columns = await this.columns(author, wanted);
    const isOther = columns.definitionId !== undefined && columns.definitionId !== row.definitionId;
    const changed = {
      ...columns,
      ...(wanted.enabled && { error: null }),
      ...(isOther && (await this.active.newest(Number(columns.definitionId)))),
    };
    refuseLoop({ ...row, ...changed });
    if (changed.enabled ?? row.enabled) await this.definitions.references.find(author, String(changed.definitionId ?? row.definitionId));
    refuseEnded(author);
    await this.rows.update(id, changed);
    const now = await this.apply(id);
    this.rows.tell('binding.changed', now);
    return now;
  }

  /** Removes a binding with its queue and the messages in it. Throws bus_unavailable; then the binding still exists. */
  async remove(author: Principal, id: number): Promise<void> {
    const row = await this.rows.find(author, id);
    await this.active.end(id);
    try {
      if (this.buses.has(row.inputBus)) await this.buses.of(row.inputBus).removeQueue(queueOf(row).queue);
    } catch (error) {
      await this.apply(id);
      throw error;
    }
    await this.rows.remove(row);
    this.active.forget(id);
  }

  private async apply(id: number): Promise<BindingEntity> {
    const row = (await this.rows.byId(id)) ?? gone(id);
    await this.active.apply(row);
    return row;
  }

  private async endDisabled(): Promise<void> {
    const enabled = new Set((await this.rows.enabled()).map((row) => row.id));
    for (const id of this.active.ids) {
      const row = enabled.has(id) ? null : await this.rows.byId(id);
      if (!row) continue;
      this.rows.tell('binding.changed', row);
      await this.active.apply(row);
    }
  }

  private async columns(author: Principal, { definition, output, ...plain }: BindingChange): Promise<Partial<BindingEntity>> {
    const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
    const { id: definitionId } = definition === undefined ? {} : await this.definitions.references.find(author, definition);
    if (output === undefined) return { ...given, ...(definitionId !== undefined && { definitionId }) };
    const outlet = output && { outputBus: this.knownBus(output.bus), outputStream: output.stream };
    return { ...given, ...(definitionId !== undefined && { definitionId }), ...(outlet ?? { outputBus: null, outputStream: null }) };
  }

  private knownBus(name: BusName = this.buses.usual): BusName {
    this.buses.of(name);
    return name;
  }
}

function refuseLoop({ inputBus, inputStream, outputBus, outputStream }: Omit<BindingEntity, 'id'>): void {
  if (outputBus !== inputBus || outputStream !== inputStream) return;
  throw new CodedError(
    'invalid_request',
    `input and output must be different streams, got '${inputStream}' for both: each output would come back as a message`,
  );
}

function gone(id: number): never {
  throw new CodedError('not_found', `there is no binding ${id}`);
}
