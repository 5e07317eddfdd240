// The one decorator of a route: its address, its access, and its documentation in the OpenAPI.
import { applyDecorators, RequestMapping, RequestMethod } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBasicAuth,
  ApiBearerAuth,
  ApiExcludeEndpoint,
  ApiExtension,
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { type ErrorCode, errorCodes } from '../model/error-codes.js';
import { GlotErrorBody, ProblemBody, RegistryErrorBody } from './error-bodies.js';
import { statusOf } from './error-table.js';
import type { Access, ErrorForm, WhileClosing } from './request.js';
import type { TicketUse } from './shown-ticket.js';

type Schema = Record<string, unknown>;
type BodyClass = new () => object;

interface Answer {
  what: string;
  /** A class with Swagger decorators, or content by media type. */
  body?: BodyClass | Record<string, Schema>;
  headers?: Record<string, string>;
}

export interface RouteOptions {
  /** ALL: every method; the OpenAPI shows five. */
  verb: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'ALL';
  path?: string | string[];
  access: Access;
  whileClosing?: WhileClosing;
  /** No cache may keep the response, even an error. */
  noStore?: true;
  /** The query parameter whose value 1 makes the request a write. */
  writeQuery?: string;
  /** What a ticket can do here, in place of a login. */
  ticket?: TicketUse;
  /** It is for AI agents: tokens that may only call tools are good here. */
  forAgents?: true;
  /** It does not stand in the OpenAPI. */
  undocumented?: true;
  summary: string;
  description?: string;
  params?: Record<string, string>;
  query?: Record<string, string>;
  /** What the query parameters are that a definition declares itself; given as one object in the OpenAPI. */
  freeQuery?: string;
  headers?: Record<string, string>;
  /** The allowed bodies by media type. */
  body?: Record<string, Schema | BodyClass>;
  answers: Record<number, Answer>;
  errors?: ErrorCode[];
  errorForm?: ErrorForm;
}

export function Route(options: RouteOptions): MethodDecorator {
  const { verb, access, errorForm = 'problem', whileClosing, noStore = false, writeQuery, ticket, forAgents } = options;
  return applyDecorators(
    RequestMapping({ path: options.path ?? '', method: RequestMethod[verb] }),
    RouteConfig({
      access,
      errorForm,
      whileClosing,
      noStore,
      forProgram: verb === 'ALL',
      ...(writeQuery && { writeQuery }),
      ...(forAgents && { forAgents }),
      // the page of a program has its own rules of origins
      ...(ticket && { ticket, ...(ticket === 'path' && { cors: false }) }),
    }),
    ...(options.undocumented ? [ApiExcludeEndpoint()] : []),
    ApiOperation({ summary: options.summary, description: options.description, ...(access === 'public' && { security: [] }) }),
    ...(access === 'public' ? [] : [ApiBasicAuth(), ApiBearerAuth()]),
    ...entries(options.params).map(([name, description]) => ApiParam({ name, description })),
    ...entries(options.query).map(([name, description]) => ApiQuery({ name, description, required: false, schema: { type: 'string' } })),
    ...(ticket && ticket !== 'path' ? [ApiQuery(ticketQuery)] : []),
    ...(options.freeQuery ? [ApiQuery({ ...freeQuery, description: options.freeQuery })] : []),
    ...entries(options.headers).map(([name, description]) => ApiHeader({ name, description, required: false })),
    ...bodyDecorators(options.body),
    ...Object.entries(options.answers).map(([status, answer]) => answerDecorator(Number(status), answer)),
    ...errorDecorators(options, errorForm),
  );
}

const ticketQuery = {
  name: '-ticket',
  description: 'a ticket for this address, in place of a login (POST /api/ticket/)',
  required: false,
  schema: { type: 'string' as const },
};

/** An object whose keys are query parameters. */
const freeQuery = {
  name: 'parameters',
  required: false,
  style: 'form' as const,
  explode: true,
  schema: { type: 'object' as const, additionalProperties: true, example: {} },
};

function entries(record: Record<string, string> = {}): [string, string][] {
  return Object.entries(record);
}

/** The decorator of Swagger allows only one schema for all media types; openapi.ts puts these bodies in place. */
function bodyDecorators(body: RouteOptions['body']): MethodDecorator[] {
  if (!body) return [];
  const models = Object.values(body).filter((schema) => typeof schema === 'function') as BodyClass[];
  const content = Object.entries(body).map(([type, schema]) => [
    type,
    { schema: typeof schema === 'function' ? { $ref: getSchemaPath(schema) } : schema },
  ]);
  return [ApiExtension('x-request-content', Object.fromEntries(content)), ApiExtraModels(...models)];
}

function answerDecorator(status: number, { what, body, headers }: Answer): MethodDecorator {
  const described = Object.fromEntries(
    entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' as const } }]),
  );
  const base = { status, description: what, headers: described };
  if (typeof body === 'function') return ApiResponse({ ...base, type: body });
  const content = Object.fromEntries(Object.entries(body ?? {}).map(([type, schema]) => [type, { schema }]));
  return ApiResponse(body ? { ...base, content } : base);
}

const errorModels = { registry: RegistryErrorBody, glot: GlotErrorBody, problem: ProblemBody };

/** One response per status, naming every error code that it may carry. */
function errorDecorators({ access, errors = [] }: RouteOptions, form: ErrorForm): MethodDecorator[] {
  const always: ErrorCode[] = access === 'public' ? [] : ['unauthenticated', 'too_many_attempts', 'forbidden', 'database_unreachable'];
  const grouped = new Map<number, ErrorCode[]>();
  for (const code of [...always, ...errors]) grouped.set(statusOf[code], [...(grouped.get(statusOf[code]) ?? []), code]);
  const model = errorModels[form];
  const type = form === 'problem' ? 'application/problem+json' : 'application/json';
  const decorators = [...grouped].map(([status, codes]) => {
    const description = codes.map((code) => `\`${code}\`: ${errorCodes[code]}`).join('\n\n');
    return ApiResponse({ status, description, content: { [type]: { schema: { $ref: getSchemaPath(model) } } } });
  });
  return [ApiExtraModels(model), ...decorators];
}
