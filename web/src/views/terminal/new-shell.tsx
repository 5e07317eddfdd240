// Opens a shell, or another program that one types to, without a definition.
import { useEffect, useState } from 'preact/hooks';
import { request } from '../../api/client.js';
import { isAuthor, useWho } from '../../frame/who.js';
import { Empty } from '../../parts/empty.js';
import { Problem } from '../../parts/problem.js';
import { href, navigate } from '../../router.js';

export function NewShell() {
  const who = useWho();
  const [error, fail] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    document.title = 'Terminal · procreg';
  }, []);
  if (!isAuthor(who))
    return (
      <Empty title="A shell is for authors">
        <p class="muted">To a run of yours with a terminal one gets from the run.</p>
        <a href={href('runs')}>See your runs</a>
      </Empty>
    );
  const open = async (event: SubmitEvent) => {
    event.preventDefault();
    const [exec, ...argv] = String(new FormData(event.currentTarget as HTMLFormElement).get('program'))
      .trim()
      .split(/\s+/);
    setBusy(true);
    try {
      navigate(`terminal/${await begun(exec, argv)}`);
    } catch (cause) {
      fail(cause);
      setBusy(false);
    }
  };
  return (
    <>
      <div class="view-head">
        <h1>Terminal</h1>
      </div>
      <form class="new-shell" onSubmit={open}>
        <label>
          Program
          <input name="program" class="mono" defaultValue="/bin/sh" required autocapitalize="none" spellcheck={false} />
        </label>
        <p class="muted">
          It runs on the server in an empty folder, isolated as your runs are. It keeps running while you are away, until you stop it.
        </p>
        {error !== undefined && <Problem error={error} />}
        <button type="submit" disabled={isBusy}>
          Open
        </button>
      </form>
    </>
  );
}

/** The id of the new run. */
async function begun(exec: string, argv: string[]): Promise<string> {
  const body = JSON.stringify({ exec, argv, tty: true, on_disconnect: 'continue' });
  const answer = await request('/api/run/', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  return (await answer.json()).id;
}
