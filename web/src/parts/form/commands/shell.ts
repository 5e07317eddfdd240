// Words of a shell: quoted where they must be, so that each arrives as it is.

const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;

export function quoted(word: string): string {
  return plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A file whose name could be taken for an option or for stdin is named with its folder. */
export function path(name: string): string {
  return /^[-@]/.test(name) ? `./${name}` : name;
}

/** The variable that stands for a secret, which is shown nowhere: token becomes TOKEN. */
export function variable(name: string): string {
  return name.toUpperCase();
}

/** A command over several lines where it is long. */
export function command(parts: string[]): string {
  const whole = parts.join(' ');
  return whole.length <= 64 && !whole.includes('\n') ? whole : parts.join(' \\\n  ');
}
