// The library of the protocol, which is loaded at the first request for it: it takes 0.2 s and 20 MB.
let loading: Promise<typeof import('@modelcontextprotocol/server')> | undefined;

export function loadSdk(): Promise<typeof import('@modelcontextprotocol/server')> {
  loading ??= import('@modelcontextprotocol/server');
  return loading;
}
