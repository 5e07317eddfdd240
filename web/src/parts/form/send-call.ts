// Sends a call: starts its run, or asks what would run.
import { request } from '../../api/client.js';
import { type Upload, type Uploaded, upload } from '../../api/upload.js';
import { type Call, isPlain, queryOf } from './call.js';
import { isFileKind } from './filled.js';

export interface Sending {
  /** A number, which is the same whatever the definition is called. */
  definition: number;
  /** What is asked for with Prefer: respond-async, or wait=30. */
  prefer: string;
  signal: AbortSignal;
  progress: Upload['progress'];
}

/** Starts one run, or gives a service one message. */
export function sendCall(call: Call, { definition, prefer, signal, progress }: Sending): Promise<Uploaded> {
  const path = `/api/process_definition/${definition}/execute/${queryOf(call)}`;
  const body = bodyOf(call);
  const headers = { Prefer: prefer, ...(body && { 'Content-Type': body.type || 'application/octet-stream' }) };
  return upload({ method: 'POST', path, headers, body, signal, progress });
}

/** What a run would do. */
export interface Plan {
  exec: string;
  argv: string[];
  input: { kind: string };
}

/** No message is sent for it, and of files only their names. */
export async function explainCall(call: Call, definition: number, signal: AbortSignal): Promise<Plan> {
  const [ofRuns, texts] = [true, false].map((wanted) => call.texts.filter(({ field }) => isFileKind(field) === wanted));
  const files = [
    ...call.files,
    ...ofRuns.map(({ field: { name }, text }) => ({ name, file: { name: text.slice(text.lastIndexOf('/') + 1) } })),
  ];
  const empty = files.map(({ name, file }) => ({ name, file: new File([], file.name) }));
  const body = formOf({ ...call, texts, files: empty, message: null });
  const path = `/api/process_definition/${definition}/explain/`;
  return (await request(path, { method: 'POST', body: body ?? undefined, signal })).json();
}

function bodyOf(call: Call): Blob | null {
  const { message } = call;
  if (!isPlain(call)) return formOf(call);
  if (typeof message === 'string') return new Blob([message], { type: 'text/plain' });
  return message instanceof File ? message : null;
}

/** multipart/form-data. Not by FormData, which changes the ends of lines in texts. Null: there is nothing in it. */
function formOf({ texts, files, message }: Call): Blob | null {
  const boundary = `procreg-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
  const pieces: BlobPart[] = [];
  const add = (head: string, content: BlobPart) =>
    pieces.push(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`, content, '\r\n');
  for (const { field, text } of texts) add(`name="${field.name}"`, text);
  const all = message instanceof File ? [...files, { name: 'message', file: message }] : files;
  for (const { name, file } of all) add(fileHead(name, file.name, file.type), file);
  if (typeof message === 'string') add(fileHead('message', 'message', 'text/plain'), message);
  if (pieces.length === 0) return null;
  return new Blob([...pieces, `--${boundary}--\r\n`], { type: `multipart/form-data; boundary=${boundary}` });
}

function fileHead(name: string, fileName: string, type: string): string {
  const encoded = encodeURIComponent(fileName).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
  return `name="${name}"; filename*=UTF-8''${encoded}\r\nContent-Type: ${type || 'application/octet-stream'}`;
}
