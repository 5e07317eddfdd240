// Checks whether a list of ETags, as in If-Match and If-None-Match, contains an ETag (RFC 9110 section 13.1).

export function namesEtag(header: string, etag: string): boolean {
  return header.split(',').some((part) => part.trim() === '*' || part.trim().replace(/^W\//, '') === etag);
}
