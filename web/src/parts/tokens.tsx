// The access tokens of a user: listed without their text, made and shown once, removed.
import { useState } from 'preact/hooks';
import { request, type Schemas } from '../api/client.js';
import { CopyButton } from './copy-button.js';
import { Confirm } from './dialog.js';
import { Loaded } from './loaded.js';
import { Problem } from './problem.js';
import { useResource } from './resource.js';
import { Ago } from './times.js';
import './tokens.css';

type Role = Schemas['UserBody']['role'];

interface Token {
  id: number;
  name: string;
  scopes: Role[] | null;
  expires_at: string | null;
  created_at: string;
}

interface TokensProps {
  /** Of the list: /api/token/ or /api/user/ID/token/. */
  path: string;
  role: Role;
}

export const roles: Role[] = ['viewer', 'runner', 'author', 'admin'];

export function Tokens({ path, role }: TokensProps) {
  const [made, show] = useState<{ name: string; token: string } | null>(null);
  const tokens = useResource(
    path,
    async (signal) => (await (await request(path, { signal })).json()).objects as Token[],
    ({ type }) => type.startsWith('token.'),
  );
  return (
    <div class="tokens">
      <Loaded resource={tokens}>
        {(list) => (
          <ul class="rows">
            {list.map((token) => (
              <TokenRow key={token.id} token={token} path={path} reload={tokens.reload} />
            ))}
          </ul>
        )}
      </Loaded>
      {made && (
        <div class="shown-once" role="status">
          <p>
            <strong>{made.name}</strong> is shown only now. Keep it where secrets are kept.
          </p>
          <code>{made.token}</code>
          <CopyButton text={made.token} />
        </div>
      )}
      <NewToken
        path={path}
        role={role}
        made={(token) => {
          show(token);
          tokens.reload();
        }}
      />
    </div>
  );
}

function TokenRow({ token: { id, name, scopes, expires_at, created_at }, path, reload }: { token: Token; path: string; reload(): void }) {
  const [asks, ask] = useState(false);
  const [error, fail] = useState<unknown>();
  return (
    <li class="token">
      <strong>{name}</strong>
      <span class="muted small">
        {scopes ? `as ${scopes.join(', ')}` : 'all rights'}, created <Ago at={created_at} />
        {expires_at && (
          <>
            , ends <Ago at={expires_at} />
          </>
        )}
      </span>
      <button type="button" class="quiet small" aria-label={`Revoke ${name}`} onClick={() => ask(true)}>
        Revoke
      </button>
      {error !== undefined && <Problem error={error} />}
      {asks && (
        <Confirm
          question={`Revoke ${name}? What uses it stops working.`}
          verb="Revoke"
          close={() => ask(false)}
          confirm={() => request(`${path}${id}/`, { method: 'DELETE' }).then(reload, fail)}
        />
      )}
    </li>
  );
}

interface NewTokenProps extends TokensProps {
  made(token: { name: string; token: string }): void;
}

function NewToken({ path, role, made }: NewTokenProps) {
  const [error, fail] = useState<unknown>();
  const make = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    fail(undefined);
    try {
      const headers = { 'Content-Type': 'application/json' };
      const answer = await request(path, { method: 'POST', headers, body: JSON.stringify(bodyOf(new FormData(form))) });
      made(await answer.json());
      form.reset();
    } catch (cause) {
      fail(cause);
    }
  };
  return (
    <form class="new-token" onSubmit={make}>
      <label>
        New token
        <input name="name" required maxLength={150} placeholder="What it is for" autocomplete="off" />
      </label>
      <label>
        May do
        <select name="scope">
          <option value="">all that the user may</option>
          {roles.slice(0, roles.indexOf(role) + 1).map((one) => (
            <option key={one} value={one}>
              {`what a ${one} may`.replace('a a', 'an a')}
            </option>
          ))}
        </select>
      </label>
      <label>
        Ends on
        <input type="date" name="expires" />
      </label>
      <button type="submit" class="quiet">
        Create
      </button>
      {error !== undefined && <Problem error={error} />}
    </form>
  );
}

/** A day ends at midnight of the reader. */
function bodyOf(fields: FormData) {
  const [name, scope, expires] = ['name', 'scope', 'expires'].map((field) => String(fields.get(field)));
  return {
    name,
    ...(scope !== '' && { scopes: [scope] }),
    ...(expires !== '' && { expires_at: new Date(`${expires}T23:59:59`).toISOString() }),
  };
}
