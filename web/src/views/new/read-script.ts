// A dropped script becomes a draft: the server reads what it asks for, as in an import, and stores nothing.
import { ApiError, api, type Schemas } from '../../api/client.js';
import { fromDefinition } from './from-definition.js';
import { type Draft, fixedPart } from './parts.js';

type Content = string | { base64: string };

export interface ReadScript {
  draft: Draft;
  /** What is not carried over, or why nothing could be read. */
  notes: string[];
}

/** Throws an ApiError where the server does not read scripts. `features`: those of the server. */
export async function readScript(name: string, content: Content, features: string[]): Promise<ReadScript> {
  if (typeof content !== 'string') return unread(name, content, 'it is not a text in UTF-8');
  if (!features.includes('imports')) throw new ApiError(404, { error: 'This server does not read scripts.' });
  const params = { path: { kind: 'scripts' } };
  const { data } = await api.POST('/api/import/{kind}/', { params, body: { files: { [name]: content } } });
  const { definitions, refused } = data as Schemas['ImportAnswer'];
  if (definitions.length === 0) return unread(name, content, refused[0].reason);
  return { draft: fromDefinition(definitions[0].definition), notes: definitions[0].notes };
}

/** What there is: the file, without parameters. */
function unread(name: string, content: Content, reason: string): ReadScript {
  return {
    draft: { parts: [fixedPart(`./${name}`)], usesShell: false, readsStdin: false, environment: {}, files: { [name]: content }, more: {} },
    notes: [
      `no parameters could be read from ${name}: ${reason}`,
      'the file is taken as it is; if another program runs it, paste that line and drop the file again',
    ],
  };
}

/** The content of a file for a definition: its text, or its bytes where it is none. */
export async function contentOf(file: File): Promise<Content> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) };
  }
}
