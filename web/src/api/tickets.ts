// Addresses that the browser opens by itself, for downloads and players: with a ticket in place of the session's header.
import { basePath } from './base.js';
import { api } from './client.js';

/** `path` is below BASE_PATH: output, log, archive or a file of a run. */
export async function ticketed(path: string): Promise<string> {
  const { data } = await api.POST('/api/ticket/', { body: { path } });
  return `${basePath}${path}${path.includes('?') ? '&' : '?'}-ticket=${data!.ticket}`;
}

/** The browser streams it to the disk. */
export async function download(path: string, name: string): Promise<void> {
  const link = Object.assign(document.createElement('a'), { href: await ticketed(path), download: name });
  document.body.append(link);
  link.click();
  link.remove();
}
