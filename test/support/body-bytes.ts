// Reads the body of an answer that is too large to be held.
import { adminLogin, type TestServer } from './server.js';

/** The number of its bytes. */
export async function bodyBytes(server: TestServer, path: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(adminLogin).toString('base64')}`;
  const { body } = await fetch(server.url + path, { headers: { authorization } });
  let bytes = 0;
  for await (const chunk of body as ReadableStream<Uint8Array>) bytes += chunk.length;
  return bytes;
}
