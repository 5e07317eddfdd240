// Checks whether a list of ETags, as in If-Match and If-None-Match, contains an ETag (RFC 9110 section 13.1).

/** Compares weakly, as for If-None-Match. */
export function namesEtag(header: string, etag: string): boolean {
  return listed(header).some((part) => part === '*' || part.replace(/^W\//, '') === etag);
}

/** Compares strongly, as for If-Match: a weak ETag is never the same. */
export function namesEtagStrongly(header: string, etag: string): boolean {
  return listed(header).some((part) => part === '*' || part === etag);
}

/** The parts of the header. No ETag of this server contains a comma. */
export function listed(header: string): string[] {
  return header.split(',').map((part) => part.trim());
}
