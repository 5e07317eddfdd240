// Finds a value in Prometheus' text form.

/** The value of the first sample with this name and at least these labels; undefined when there is none. */
export function metricOf(text: string, name: string, labels: Record<string, string> = {}): string | undefined {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  for (const line of text.split('\n')) {
    const [, found, shown = '', value] = /^([^{\s#]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (found === name && wanted.every((label) => shown.includes(label))) return value;
  }
  return undefined;
}
