// Why a file of this machine could not be read.

/** The end of a sentence that begins with the name of the file. */
export function fileFault(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'does not exist' : `cannot be read: ${message}`;
}
