// The users: who may do what, and who may not sign in.
import { useState } from 'preact/hooks';
import { api, type Schemas } from '../../api/client.js';
import { useWho } from '../../frame/who.js';
import { Confirm, Dialog } from '../../parts/dialog.js';
import { Loaded } from '../../parts/loaded.js';
import { Menu } from '../../parts/menu.js';
import { Problem } from '../../parts/problem.js';
import { useResource } from '../../parts/resource.js';
import { Ago } from '../../parts/times.js';
import { roles, Tokens } from '../../parts/tokens.js';
import { NewPassword, NewUser } from './user-dialogs.js';

type User = Schemas['UserBody'];

export function UsersTab() {
  const [isNew, setNew] = useState(false);
  const users = useResource(
    'users',
    async (signal) => ((await api.GET('/api/user/', { signal })).data as unknown as { objects: User[] }).objects,
    ({ type }) => type.startsWith('user.'),
  );
  return (
    <>
      <div class="view-head">
        <p class="muted tab-lead">A viewer sees, a runner runs, an author writes definitions, an admin does everything.</p>
        <button type="button" onClick={() => setNew(true)}>
          New user
        </button>
      </div>
      {isNew && <NewUser close={() => setNew(false)} made={users.reload} />}
      <Loaded resource={users}>
        {(list) => (
          <ul class="rows">
            {list.map((user) => (
              <UserRow key={user.id} user={user} reload={users.reload} />
            ))}
          </ul>
        )}
      </Loaded>
    </>
  );
}

function UserRow({ user, reload }: { user: User; reload(): void }) {
  const { id, username, role, disabled, created_at } = user;
  const [error, fail] = useState<unknown>();
  const [shown, show] = useState<'password' | 'tokens' | 'delete' | null>(null);
  const who = useWho();
  const isSelf = id === who.user.id;
  const params = { path: { ref: String(id) } };
  const act = (sent: Promise<unknown>) => {
    fail(undefined);
    sent.then(reload, fail);
  };
  const change = (body: Schemas['UserChangeBody']) => act(api.PATCH('/api/user/{ref}/', { params, body }));
  const close = () => show(null);
  return (
    <li class="user">
      <strong>{username}</strong>
      <span class="muted small">
        {isSelf ? 'you, ' : ''}since <Ago at={created_at} />
      </span>
      <span class="actions">
        <select
          aria-label={`Role of ${username}`}
          value={role}
          disabled={isSelf}
          onChange={({ currentTarget }) => change({ role: currentTarget.value as User['role'] })}
        >
          {roles.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <label class="switch">
          <input
            type="checkbox"
            aria-label={`${username} may sign in`}
            checked={!disabled}
            disabled={isSelf}
            onChange={({ currentTarget: { checked } }) => change({ disabled: !checked })}
          />
          {disabled ? 'Disabled' : 'Enabled'}
        </label>
        <Menu label="⋯" name={`More of ${username}`}>
          <button type="button" onClick={() => show('password')}>
            Set a password
          </button>
          <button type="button" onClick={() => show('tokens')}>
            Tokens
          </button>
          {!isSelf && (
            <button type="button" onClick={() => show('delete')}>
              Delete
            </button>
          )}
        </Menu>
      </span>
      {error !== undefined && <Problem error={error} />}
      {shown === 'password' && <NewPassword user={user} close={close} />}
      {shown === 'tokens' && (
        <Dialog title={`Tokens of ${username}`} close={close}>
          <Tokens path={`/api/user/${id}/token/`} role={role} />
        </Dialog>
      )}
      {shown === 'delete' && (
        <Confirm
          question={`Delete the user ${username} and its tokens? Definitions and runs stay.`}
          verb="Delete"
          close={close}
          confirm={() => act(api.DELETE('/api/user/{ref}/', { params }))}
        />
      )}
    </li>
  );
}
