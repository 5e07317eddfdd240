// The streams of the buses: what is sent to a name, and what comes there.
import { useEffect } from 'preact/hooks';
import { isAuthor, useWho } from '../../frame/who.js';
import { Empty } from '../../parts/empty.js';
import { href } from '../../router.js';
import type { ViewProps } from '../../views.js';
import { StreamList } from './stream-list.js';
import { StreamPage } from './stream-page.js';
import './streams.css';

export function StreamsView({ parts: [name], query }: ViewProps) {
  const who = useWho();
  useEffect(() => {
    document.title = `${name ?? 'Streams'} · procreg`;
  }, [name]);
  if (!isAuthor(who))
    return (
      <Empty title="Streams are for authors">
        <p class="muted">A message that comes on a stream runs a program by itself. Who has the role author sets that up.</p>
        <a href={href('definitions')}>See what can be run here</a>
      </Empty>
    );
  const bus = query.get('bus') ?? undefined;
  return name ? <StreamPage key={`${name} ${bus}`} name={name} bus={bus} /> : <StreamList />;
}
