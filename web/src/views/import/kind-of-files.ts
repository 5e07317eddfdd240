// Guesses by their names where files come from; the reader may say otherwise.

export const kinds = [
  { id: 'scripts', label: 'Scripts' },
  { id: 'crontab', label: 'Crontab' },
  { id: 'webhook', label: 'webhook' },
  { id: 'olivetin', label: 'OliveTin' },
  { id: 'systemd', label: 'systemd' },
  { id: 'cwl', label: 'CWL' },
];

const forms: [kind: string, name: RegExp][] = [
  ['systemd', /\.service$/],
  ['cwl', /\.cwl$/],
  ['webhook', /hooks?\.(json|ya?ml)$/i],
  ['olivetin', /\.ya?ml$/],
  ['crontab', /cron/i],
];

export function kindOfFiles(names: string[]): string {
  return forms.find(([, form]) => names.every((name) => form.test(name)))?.[0] ?? 'scripts';
}
