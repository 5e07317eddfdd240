// Finds the Content-Type of an output: by the definition, by the name of the file, or by the bytes.
import mime from 'mime';
import type { CollectedOutput } from '../model/run-result.js';

export function contentTypeOf({ source, contentType, name, isText }: CollectedOutput): string {
  if (contentType) return contentType;
  const byName = name === undefined ? null : typeByName(name);
  if (byName) return byName;
  return source !== 'file' && isText ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}

/** Null when the extension is unknown. */
export function typeByName(name: string): string | null {
  const type = name.includes('.') ? mime.getType(name) : null;
  return type?.startsWith('text/') ? `${type}; charset=utf-8` : type;
}

/** The extensions that people expect where the registry of media types lists another one first. */
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
