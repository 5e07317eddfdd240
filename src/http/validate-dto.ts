// Turns a JSON body into an instance of its class, checked by class-validator; unknown keys are refused.
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validate } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { CodedError } from '../model/coded-error.js';
import { readJsonObject } from './json-body.js';

export async function readValidated<Body extends object>(request: FastifyRequest, type: new () => Body): Promise<Body> {
  return validated(type, await readJsonObject(request));
}

/** Throws invalid_request with all faults. */
export async function validated<Body extends object>(type: new () => Body, given: object): Promise<Body> {
  const body = plainToInstance(type, given);
  const errors = await validate(body, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  if (errors.length === 0) return body;
  const faults = errors.flatMap(({ property, constraints = {} }: ValidationError) =>
    Object.values(constraints).map((message) => ({ path: property, message })),
  );
  throw new CodedError('invalid_request', faults.map(({ message }) => message).join('; '), { faults });
}
