// Which names from outside (uploads, query strings, archives) may become the name of a file.

/** What is wrong with `name` as the name of one file, or undefined when nothing is. */
export function fileNameFault(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name === '.' || name === '..') return 'leads out of its folder';
  if (/[/\\]/.test(name)) return 'contains a folder part';
  if (/\p{Cc}/u.test(name)) return 'contains a control character';
  if (!name.isWellFormed()) return 'is not valid Unicode';
  if (Buffer.byteLength(name) > 255) return 'is longer than 255 bytes';
  return undefined;
}

/** What is wrong with `path` as a path inside the work directory, or undefined when nothing is. */
export function relativePathFault(path: string): string | undefined {
  if (path.startsWith('/')) return 'is absolute';
  for (const part of path.split('/')) {
    const fault = fileNameFault(part);
    if (fault) return fault;
  }
  return undefined;
}

/** `path` without the slashes at its end. (A pattern would look at each slash of a long row from each one before it.) */
export function withoutEndingSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === '/') end--;
  return path.slice(0, end);
}
