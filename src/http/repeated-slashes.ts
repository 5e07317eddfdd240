// Reads addresses of the jobs interface the way pRouter does.

/** Repeated slashes count as one; the address within the program of a job stays unchanged. */
export function withoutRepeatedSlashes(url: string): string {
  if (!/^\/+(jobs|info|connections|shutdown)(\/|\?|$)/.test(url)) return url;
  const [head] = /^[^?]*?(?=\/http\/|\?|$)/.exec(url) ?? [''];
  return head.replace(/\/{2,}/g, '/') + url.slice(head.length);
}
