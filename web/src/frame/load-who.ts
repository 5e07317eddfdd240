// Asks the server who is signed in, and what it has.
import { api, request } from '../api/client.js';
import type { Who } from './who.js';

export async function loadWho(signal: AbortSignal): Promise<Who> {
  const [me, about] = await Promise.all([
    api.GET('/api/me/', { signal }),
    request('/about', { headers: { Accept: 'application/json' }, signal }),
  ]);
  const { version, features } = (await about.json()) as Pick<Who, 'version' | 'features'>;
  return { user: me.data!, version, features };
}
