// What is asked to make a user, and to give one another password.
import { useState } from 'preact/hooks';
import { api, type Schemas } from '../../api/client.js';
import { Dialog } from '../../parts/dialog.js';
import { Problem } from '../../parts/problem.js';
import { roles } from '../../parts/tokens.js';

export function NewUser({ close, made }: { close(): void; made(): void }) {
  const [error, fail] = useState<unknown>();
  const make = async (fields: FormData) => {
    const [username, password, role] = ['username', 'password', 'role'].map((name) => String(fields.get(name)));
    await api.POST('/api/user/', { body: { username, password, role: role as Schemas['UserBody']['role'] } });
    made();
    close();
  };
  return (
    <Dialog title="New user" close={close}>
      <form class="fields" onSubmit={submitted(make, fail)}>
        <label>
          Name
          <input name="username" required maxLength={150} autocomplete="off" autocapitalize="none" spellcheck={false} />
        </label>
        <Password />
        <label>
          Role
          <select name="role" defaultValue="runner">
            {roles.map((role) => (
              <option key={role} selected={role === 'runner'}>
                {role}
              </option>
            ))}
          </select>
        </label>
        <End verb="Create" error={error} close={close} />
      </form>
    </Dialog>
  );
}

export function NewPassword({ user: { id, username }, close }: { user: Schemas['UserBody']; close(): void }) {
  const [error, fail] = useState<unknown>();
  const set = async (fields: FormData) => {
    await api.PATCH('/api/user/{ref}/', { params: { path: { ref: String(id) } }, body: { password: String(fields.get('password')) } });
    close();
  };
  return (
    <Dialog title={`Password of ${username}`} close={close}>
      <form class="fields" onSubmit={submitted(set, fail)}>
        <p class="muted">Sessions that were begun with the former one end.</p>
        <Password />
        <End verb="Set" error={error} close={close} />
      </form>
    </Dialog>
  );
}

function Password() {
  return (
    <label>
      Password
      <input name="password" type="password" required autocomplete="new-password" />
    </label>
  );
}

function End({ verb, error, close }: { verb: string; error: unknown; close(): void }) {
  return (
    <>
      {error !== undefined && <Problem error={error} />}
      <div class="actions">
        <button type="submit">{verb}</button>
        <button type="button" class="quiet" onClick={close}>
          Cancel
        </button>
      </div>
    </>
  );
}

function submitted(act: (fields: FormData) => Promise<void>, fail: (error: unknown) => void) {
  return (event: SubmitEvent) => {
    event.preventDefault();
    fail(undefined);
    act(new FormData(event.currentTarget as HTMLFormElement)).catch(fail);
  };
}
