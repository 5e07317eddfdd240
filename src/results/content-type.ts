// The Content-Type of an output: what the definition says, what the file's name says, or what the bytes are.
import mime from 'mime';
import type { CollectedOutput } from '../protocol/run-result.js';

export function contentTypeOf({ source, contentType, name, isText }: CollectedOutput): string {
  if (contentType) return contentType;
  const byName = name?.includes('.') ? mime.getType(name) : null;
  if (byName) return byName.startsWith('text/') ? `${byName}; charset=utf-8` : byName;
  return source !== 'file' && isText ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}

/** What people expect where the registry of media types lists another extension first. */
const usualExtensions: Record<string, string> = {
  'audio/mpeg': 'mp3',
  'image/jpeg': 'jpg',
  'text/plain': 'txt',
  'video/mp4': 'mp4',
  'audio/mp4': 'm4a',
};

/** An extension without its dot for a concrete media type; undefined for wildcards and unknown types. */
export function extensionOf(mediaType: string | undefined): string | undefined {
  const plain = mediaType?.split(';')[0].trim().toLowerCase() ?? '';
  if (plain === 'application/octet-stream' || plain === 'application/x-www-form-urlencoded') return undefined;
  return usualExtensions[plain] || mime.getExtension(plain) || undefined;
}
