// Asks for name and password, and leads to where one wanted to go.
import { useEffect, useState } from 'preact/hooks';
import { basePath, uiPath } from '../../api/base.js';
import { ApiError, api } from '../../api/client.js';
import { keepSessionKey, sessionKey } from '../../api/session.js';
import { sentence } from '../../parts/problem.js';
import { navigate } from '../../router.js';
import './sign-in.css';

interface SignInProps {
  /** `then=PATH`: where to go afterwards. */
  hash: string;
  /** The address is that of the sign-in; else a view is shown that needs it. */
  isAsked: boolean;
}

export function SignInView({ hash, isAsked }: SignInProps) {
  const [error, fail] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const leave = () => (isAsked ? lead(thenOf(hash)) : undefined);
  useEffect(() => {
    document.title = 'Sign in · procreg';
    if (sessionKey() !== '') void leave();
  }, []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    fail(null);
    try {
      const body = { username: String(fields.get('username')), password: String(fields.get('password')) };
      const { data } = await api.POST('/api/session/', { body });
      keepSessionKey(data!.key);
      await leave();
    } catch (cause) {
      fail(messageOf(cause));
    }
    setBusy(false);
  };
  return (
    <main class="sign-in">
      <form onSubmit={submit}>
        <h1>
          <span class="brand-sign" aria-hidden="true">
            ❯_
          </span>
          procreg
        </h1>
        <label>
          Name
          <input name="username" autocomplete="username" autocapitalize="none" spellcheck={false} required autofocus />
        </label>
        <label>
          Password
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        {error && (
          <p class="fault" role="alert">
            {error}
          </p>
        )}
        <button type="submit" disabled={isBusy}>
          Sign in
        </button>
      </form>
    </main>
  );
}

function messageOf(cause: unknown): string {
  if (!(cause instanceof ApiError)) return String(cause);
  if (cause.status === 401) return 'Name or password is wrong.';
  return sentence(cause.message);
}

function thenOf(hash: string): string {
  const path = new URLSearchParams(hash).get('then') ?? uiPath;
  // an address of another host may look like a path
  const isOurs = new URL(path, location.origin).origin === location.origin && path.startsWith('/');
  return isOurs ? path : uiPath;
}

/** What is not of this page needs a ticket, since a navigation sends no key. */
async function lead(path: string): Promise<void> {
  if (path.startsWith(uiPath)) return navigate(path.slice(uiPath.length), { replace: true });
  const place = path.slice(basePath.length);
  const ticketed = await api.POST('/api/ticket/', { body: { path: place } }).catch(() => null);
  const ticket = ticketed?.data?.ticket;
  location.replace(ticket ? `${path}${path.includes('?') ? '&' : '?'}-ticket=${ticket}` : path);
}
