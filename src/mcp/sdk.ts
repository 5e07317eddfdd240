// The library of the protocol, which is loaded at the first request for it: it takes 0.2 s and 20 MB.
import type { JSONRPCRequest, Result, Server, ServerContext } from '@modelcontextprotocol/server';
import { RpcError } from './rpc-error.js';

type Handler = (request: JSONRPCRequest, context: ServerContext) => Promise<Result>;
type Library = Pick<typeof import('@modelcontextprotocol/server'), 'createMcpHandler'> & { AgentServer: typeof Server };

let loading: Promise<Library> | undefined;

export function loadSdk(): Promise<Library> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Library> {
  const { createMcpHandler, Server: Base } = await import('@modelcontextprotocol/server');

  /** Where all handlers throw errors with numbers: any other error is that of a schema of the library, which would call it one of the server. */
  class AgentServer extends Base {
    protected override _wrapHandler(method: string, handler: Handler): Handler {
      const wrapped = super._wrapHandler(method, handler);
      return async (request, context) => {
        try {
          return await wrapped(request, context);
        } catch (error) {
          if (Number.isSafeInteger((error as { code?: unknown }).code)) throw error;
          throw new RpcError(`Invalid parameters of ${method}: ${(error as Error).message}`);
        }
      };
    }
  }
  return { createMcpHandler, AgentServer };
}
