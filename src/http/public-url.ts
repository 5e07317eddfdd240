// The address of this server as the caller knows it.
import type { FastifyRequest } from 'fastify';
import { basePath } from './urls.js';

/** Where clients of MCP learn how to sign in (RFC 9728). */
export const resourceMetadataPath = '/.well-known/oauth-protected-resource/mcp';

/** With BASE_PATH, without a slash at its end. Behind a proxy it is right with TRUST_PROXY. */
export function publicUrl({ protocol, host }: FastifyRequest): string {
  return `${protocol}://${host}${basePath()}`;
}
