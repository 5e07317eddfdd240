// Addresses of the jobs interface as pRouter reads them.

/** Repeated slashes count as one; the address of a job's own program stays as it came. */
export function withoutRepeatedSlashes(url: string): string {
  if (!/^\/+(jobs|info|connections|shutdown)(\/|\?|$)/.test(url)) return url;
  const [head] = /^[^?]*?(?=\/http\/|\?|$)/.exec(url) ?? [''];
  return head.replace(/\/{2,}/g, '/') + url.slice(head.length);
}
