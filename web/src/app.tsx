// The page: the sign-in, or the view of the address in its frame.
import { useEffect, useState } from 'preact/hooks';
import { onSession, sessionKey } from './api/session.js';
import { Frame } from './frame/frame.js';
import { loadWho } from './frame/load-who.js';
import { type Who, WhoContext } from './frame/who.js';
import { BusyLine } from './parts/busy-line.js';
import { Empty } from './parts/empty.js';
import { Lazy } from './parts/lazy.js';
import { Problem } from './parts/problem.js';
import { forgetResources } from './parts/resource.js';
import { href, usePlace } from './router.js';
import { SignInView } from './views/sign-in/sign-in-view.js';
import { placeOfView, type ViewProps, viewAt, views } from './views.js';

export function App() {
  const key = useSessionKey();
  const { parts, query, hash } = usePlace();
  const { who, error } = useSignedIn(key);
  const path = parts.length > 0 ? parts : ['definitions'];
  const [name] = path;
  if (name === 'sign-in' || key === '') return <SignInView hash={hash} isAsked={name === 'sign-in'} />;
  if (error !== undefined)
    return (
      <Problem error={error}>
        <button type="button" onClick={() => location.reload()}>
          Try again
        </button>
      </Problem>
    );
  if (!who) return <BusyLine />;
  const view = <View name={viewAt(path)} props={{ parts: path.slice(1), query, hash }} />;
  return (
    <WhoContext.Provider value={who}>
      {name === 'embed' ? view : <Frame current={placeOfView[name] ?? name}>{view}</Frame>}
    </WhoContext.Provider>
  );
}

function View({ name, props }: { name: string | null; props: ViewProps }) {
  if (name) return <Lazy key={name} load={views[name]} props={props} />;
  return (
    <Empty title="Nothing is at this address">
      <p>
        <a href={href('definitions')}>See what can be run here</a>
      </p>
    </Empty>
  );
}

function useSessionKey(): string {
  const [key, change] = useState(sessionKey);
  useEffect(
    () =>
      onSession(() => {
        forgetResources();
        change(sessionKey());
      }),
    [],
  );
  return key;
}

function useSignedIn(key: string): { who?: Who; error?: unknown } {
  const [state, change] = useState<{ who?: Who; error?: unknown }>({});
  useEffect(() => {
    change({});
    if (key === '') return;
    const left = new AbortController();
    loadWho(left.signal).then(
      (who) => change({ who }),
      (error) => !left.signal.aborted && change({ error }),
    );
    return () => left.abort();
  }, [key]);
  return state;
}
