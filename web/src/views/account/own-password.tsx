// Another password for oneself: all sessions end, and this one begins anew with it.
import { useState } from 'preact/hooks';
import { api } from '../../api/client.js';
import { keepSessionKey } from '../../api/session.js';
import { Problem } from '../../parts/problem.js';
import { toast } from '../../parts/toasts.js';

export function OwnPassword({ username }: { username: string }) {
  const [fault, say] = useState<string | null>(null);
  const [error, fail] = useState<unknown>();
  const change = async (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const [password, again] = [String(fields.get('password')), String(fields.get('again'))];
    say(password === again ? null : 'The two are not the same.');
    fail(undefined);
    if (password !== again) return;
    try {
      await api.PATCH('/api/me/', { body: { password } });
      const { data } = await api.POST('/api/session/', { body: { username, password } });
      keepSessionKey(data!.key);
      toast('The password is changed.');
    } catch (cause) {
      fail(cause);
    }
  };
  return (
    <form class="own-password" onSubmit={change}>
      <input type="hidden" name="username" autocomplete="username" value={username} />
      <label>
        New password
        <input name="password" type="password" required autocomplete="new-password" />
      </label>
      <label>
        Once more
        <input
          name="again"
          type="password"
          required
          autocomplete="new-password"
          aria-invalid={fault !== null}
          aria-describedby={fault === null ? undefined : 'password-fault'}
        />
      </label>
      {fault && (
        <p class="fault" id="password-fault" role="alert">
          {fault}
        </p>
      )}
      {error !== undefined && <Problem error={error} />}
      <p class="small muted">Everywhere else you are signed out by this. Tokens stay.</p>
      <button type="submit" class="quiet">
        Change the password
      </button>
    </form>
  );
}
