// One's own account: the password, this session, and tokens for programs.
import { useEffect } from 'preact/hooks';
import { api, request } from '../../api/client.js';
import { keepSessionKey } from '../../api/session.js';
import { useWho } from '../../frame/who.js';
import { exact } from '../../parts/format.js';
import { useResource } from '../../parts/resource.js';
import { Tokens } from '../../parts/tokens.js';
import { OwnPassword } from './own-password.js';
import './account.css';

export function AccountView() {
  const { user } = useWho();
  const session = useResource('session', async (signal) => (await api.GET('/api/session/', { signal })).data!);
  useEffect(() => {
    document.title = `${user.username} · procreg`;
  }, []);
  const signOut = async () => {
    await request('/api/session/', { method: 'DELETE' }).catch(() => {});
    keepSessionKey('');
  };
  return (
    <div class="account-view">
      <div class="view-head">
        <h1>{user.username}</h1>
        <span class="tag">{user.role}</span>
      </div>
      <section aria-labelledby="tokens">
        <h2 id="tokens">Tokens</h2>
        <p class="muted">A program signs in with a token in place of your password.</p>
        <Tokens path="/api/token/" role={user.role} />
      </section>
      <section aria-labelledby="password">
        <h2 id="password">Password</h2>
        <OwnPassword username={user.username} />
      </section>
      <section aria-labelledby="session">
        <h2 id="session">This browser</h2>
        <p class="muted">
          {session.value && (
            <>
              Signed in; without use this ends at <span class="number">{exact(Date.parse(session.value.expires_at))}</span>.
            </>
          )}
        </p>
        <button type="button" class="quiet" onClick={signOut}>
          Sign out
        </button>
      </section>
    </div>
  );
}
