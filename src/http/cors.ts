// What pages of other origins may do here (CORS_ORIGINS), as @fastify/cors takes it.
import type { FastifyRequest } from 'fastify';

interface CorsOptions {
  origin: string[];
  methods: string[];
  credentials: true;
  exposedHeaders: string[];
  preflight: boolean;
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Every header that a response of ours may have, beside those that each page may see (Fetch, section 3.3.2); `*` does not count with credentials. */
const exposedHeaders = [
  ...[
    'Accept-Ranges',
    'Allow',
    'Content-Disposition',
    'Content-Location',
    'Content-Range',
    'Definition-Owner',
    'End-Reason',
    'ETag',
    'Exit-Code',
    'Location',
    'Mcp-Session-Id',
    'Self-Test',
  ],
  ...['Preference-Applied', 'Retry-After', 'Run-Id', 'Warning', 'WWW-Authenticate', 'X-Request-Id'],
];

/** A preflight names a method. Any other OPTIONS gets Allow, as on a server without CORS_ORIGINS. */
export function corsOptions(origin: string[]): (request: FastifyRequest, use: (error: null, options: CorsOptions) => void) => void {
  return ({ headers }, use) => {
    const preflight = headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
    use(null, { origin, methods, credentials: true, exposedHeaders, preflight });
  };
}
