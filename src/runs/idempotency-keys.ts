// The Idempotency-Keys: what a request has created is stored with its key in one transaction, and its repetition gets the same answer.
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SerialWriter } from '../database/serial-writer.js';
import type { AlsoWrite } from '../database/transaction.js';
import { CodedError } from '../model/coded-error.js';
import type { KeyedRequest } from '../model/keyed-request.js';
import { IdempotencyEntity } from './idempotency.entity.js';
import { RunEntity } from './run.entity.js';

/** How long an Idempotency-Key is known. */
export const idempotencyMs = 24 * 3_600_000;

/** How the first request was answered. */
export type FirstAnswer = Pick<IdempotencyEntity, 'runId' | 'status' | 'location'>;

export interface Creation<Row> {
  /** Creates the row, and calls `also` with its id in the same transaction. */
  create: (also: AlsoWrite) => Promise<Row>;
  /** The address of what has this id. */
  uri: (id: number) => string;
}

export interface Created<Row> {
  /** Null: the same request came before. */
  row: Row | null;
  id: number;
  /** The status and the Location of the first response. */
  status: number;
  location: string;
}

/** Created (RFC 9110 section 15.3.2). */
const createdStatus = 201;

@Injectable()
export class IdempotencyKeys {
  constructor(private readonly writer: SerialWriter) {}

  /** Null: the request is new. Throws idempotency_mismatch, and run_gone. */
  find(request: KeyedRequest): Promise<FirstAnswer | null> {
    return this.writer.write((manager) => firstAnswer(manager, request));
  }

  /** Creates something, unless the same request has done so before, or is faster; `request` undefined: always. */
  async once<Row extends { id: number }>(request: KeyedRequest | undefined, { create, uri }: Creation<Row>): Promise<Created<Row>> {
    const former = request && (await this.find(request));
    if (former) return createdBefore(former);
    try {
      const row = await create(async (manager, id) => {
        if (request) await remember(manager, request, { status: createdStatus, location: uri(id) });
      });
      return { row, id: row.id, status: createdStatus, location: uri(row.id) };
    } catch (error) {
      // the same request, at the same time, may have been faster: then it has the name, or the key
      const faster = request && (await this.find(request).catch((failure) => fail(isMismatch(failure) ? failure : error)));
      return faster ? createdBefore(faster) : fail(error);
    }
  }

  /** Stores the key of a request that has been carried out; another request that has used the key meanwhile keeps it. */
  async store(request: KeyedRequest, answer: Partial<FirstAnswer>): Promise<void> {
    await this.writer.write((manager) => insertFree(manager, request, answer));
  }

  /** Like store, but resolves only when the key is stored, however long that takes. */
  async storeSurely(request: KeyedRequest, answer: Partial<FirstAnswer>): Promise<void> {
    await this.writer.writeSurely((manager) => insertFree(manager, request, answer));
  }
}

async function insertFree(manager: EntityManager, request: KeyedRequest, answer: Partial<FirstAnswer>): Promise<void> {
  if (await manager.existsBy(IdempotencyEntity, { userId: request.userId, key: request.key })) return;
  await insertKey(manager, request, answer);
}

function createdBefore({ status, location }: FirstAnswer): Created<never> {
  if (status === null || location === null) throw new Error('the first response has no address');
  return { row: null, id: Number(/(\d+)\/$/.exec(location)?.[1]), status, location };
}

function isMismatch(error: unknown): boolean {
  return error instanceof CodedError && error.code === 'idempotency_mismatch';
}

function fail(error: unknown): never {
  throw error;
}

async function remember(manager: EntityManager, request: KeyedRequest, answer: Partial<FirstAnswer>): Promise<void> {
  if (await firstAnswer(manager, request)) throw new Error(`the Idempotency-Key '${request.key}' has just been used`);
  await insertKey(manager, request, answer);
}

/** `answer`: what is left out is null. */
export async function insertKey(
  manager: EntityManager,
  { userId, key, fingerprint }: KeyedRequest,
  answer: Partial<FirstAnswer>,
): Promise<void> {
  const none = { runId: null, status: null, location: null };
  await manager.insert(IdempotencyEntity, { userId, key, fingerprint, ...none, ...answer, createdAtMs: Date.now() });
}

/** How the same request was answered within the last 24 hours; null: it is new. Throws idempotency_mismatch, and run_gone. */
export async function firstAnswer(manager: EntityManager, { userId, key, fingerprint }: KeyedRequest): Promise<FirstAnswer | null> {
  const former = await manager.findOneBy(IdempotencyEntity, { userId, key });
  if (!former) return null;
  if (former.createdAtMs < Date.now() - idempotencyMs) {
    await manager.delete(IdempotencyEntity, { userId, key });
    return null;
  }
  if (former.fingerprint !== fingerprint) throw keyMismatch(key);
  const { runId } = former;
  if (runId !== null && !(await manager.existsBy(RunEntity, { id: runId }))) throw runGone(runId);
  return former;
}

export function runGone(runId: string): CodedError {
  return new CodedError('run_gone', `the run ${runId}, which this request has created, has been removed`, { run_id: runId });
}

export function keyMismatch(key: string): CodedError {
  return new CodedError('idempotency_mismatch', `the Idempotency-Key '${key}' was used for another request`);
}
