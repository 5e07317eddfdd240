// Whether a list of ETags names one (RFC 9110 section 13.1): the header of If-Match and If-None-Match.

export function namesEtag(header: string, etag: string): boolean {
  return header.split(',').some((part) => part.trim() === '*' || part.trim().replace(/^W\//, '') === etag);
}
