// One run: how it is, what it writes, what has come out of it, and what can be done with it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../../api/client.js';
import { listenWhenHidden } from '../../api/live.js';
import { useWho } from '../../frame/who.js';
import { useAction } from '../../parts/action.js';
import { Loaded } from '../../parts/loaded.js';
import { LogReader } from '../../parts/log/log-reader.js';
import { useResource } from '../../parts/resource.js';
import { stateOf } from '../../parts/run-state.js';
import { Tabs } from '../../parts/tabs.js';
import { href } from '../../router.js';
import type { ViewProps } from '../../views.js';
import { endSentence } from './end-sentence.js';
import { notify } from './notify.js';
import { isActive, isOwn, type Run, shortId, titleOf } from './run-access.js';
import { RunHead } from './run-head.js';
import { RunTab } from './run-tab.js';
import { type TabName, tabsOf, useProgram } from './run-tabs.js';
import './run.css';

export function RunView({ parts: [id], hash }: ViewProps) {
  return <OneRun key={id} id={id} hash={hash} />;
}

function OneRun({ id, hash }: { id: string; hash: string }) {
  const run = useResource(
    `run ${id}`,
    async (signal) => (await api.GET('/api/run/{id}/', { params: { path: { id } }, signal })).data!,
    ({ type, subject }) => subject === id && /^(run|service)\./.test(type),
  );
  return <Loaded resource={run}>{(value) => <Opened run={value} hash={hash} />}</Loaded>;
}

function Opened({ run, hash }: { run: Run; hash: string }) {
  const who = useWho();
  const action = useAction();
  const program = useProgram(run, isOwn(who, run));
  const tabs = tabsOf(run, isOwn(who, run), program);
  const current = tabs.find(({ name }) => name === hash)?.name ?? usualTab(run, tabs, program.isService);
  const reader = useLogReader(run.id, isOwn(who, run) && current === 'log');
  const [isWatched, watch] = useState(false);
  useTitle(run, isWatched);
  return (
    <>
      <RunHead run={run} action={action} isWatched={isWatched} watch={watch} />
      {action.problem}
      <Tabs
        label="Parts of the run"
        tabs={tabs.map(({ name, title }) => ({ name: title, href: `${href('runs', run.id)}#${name}`, isCurrent: name === current }))}
      />
      <RunTab name={current} run={run} reader={reader} action={action} />
    </>
  );
}

/** While it runs the log is what one wants to see, and then what has come out. */
function usualTab({ state }: Run, tabs: { name: TabName }[], isService: boolean): TabName {
  const wanted: TabName = state === 'created' ? 'files' : state === 'finished' ? 'output' : isService ? 'messages' : 'log';
  return tabs.find(({ name }) => name === wanted)?.name ?? tabs[0].name;
}

/** The log is read from when it is first shown until the run is left. */
function useLogReader(id: string, isShown: boolean): LogReader | null {
  const reader = useRef<LogReader | null>(null);
  if (isShown) reader.current ??= new LogReader(id);
  useEffect(() => () => reader.current?.close(), []);
  return reader.current;
}

function useTitle(run: Run, isWatched: boolean): void {
  useEffect(() => (isWatched && isActive(run) ? listenWhenHidden() : undefined), [isWatched, isActive(run)]);
  const wasActive = useRef(isActive(run));
  const title = `${titleOf(run)} ${shortId(run.id)}`;
  useEffect(() => {
    document.title = `${stateOf(run)} · ${title} · procreg`;
    if (wasActive.current && !isActive(run) && isWatched) notify(`${titleOf(run)}: ${stateOf(run)}`, endSentence(run));
    wasActive.current = isActive(run);
  }, [run.state, run.end_reason]);
}
