// How something is shown, by its media type and its name.

export type Kind = 'text' | 'json' | 'csv' | 'image' | 'audio' | 'video' | 'pdf' | 'other';

export function kindOf(contentType: string, name: string): Kind {
  const type = contentType.split(';')[0].trim().toLowerCase();
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  if (type === 'text/csv' || type === 'text/tab-separated-values' || /\.[ct]sv$/i.test(name)) return 'csv';
  if (type === 'application/pdf') return 'pdf';
  const main = type.split('/')[0];
  if (main === 'image' || main === 'audio' || main === 'video') return main;
  const isText = main === 'text' || /[/+](xml|yaml|x-yaml|javascript|x-sh|toml|sql|x-ndjson|jsonlines)$/.test(type);
  return isText ? 'text' : 'other';
}
