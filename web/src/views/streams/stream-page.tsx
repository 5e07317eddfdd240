// One stream: what comes, from now on, and what one sends.
import { useBindings } from '../../parts/bindings.js';
import { exact } from '../../parts/format.js';
import { Problem } from '../../parts/problem.js';
import { href } from '../../router.js';
import { BoundPrograms } from './bound-programs.js';
import { useFollowedStream } from './followed-stream.js';
import { PublishForm } from './publish-form.js';

export function StreamPage({ name, bus }: { name: string; bus?: string }) {
  const bindings = useBindings();
  const { messages, isOpen, error, clear } = useFollowedStream(name, bus);
  return (
    <>
      <div class="view-head">
        <h1>
          <a href={href('streams')}>Streams</a> <span class="muted">/</span> {name}
        </h1>
        {bus && <span class="tag">{bus}</span>}
      </div>
      {bindings.value && <BoundPrograms bindings={bindings.value} name={name} bus={bus} />}
      <div class="stream">
        <PublishForm name={name} bus={bus} />
        <section aria-labelledby="messages">
          <div class="view-head stream-head">
            <h2 id="messages">Messages</h2>
            <span class="small muted" role="status">
              {isOpen ? 'Following from now on' : 'Connecting…'}
            </span>
            {messages.length > 0 && (
              <button type="button" class="quiet small" onClick={clear}>
                Clear
              </button>
            )}
          </div>
          {error !== undefined && <Problem error={error} />}
          <ol class="messages" aria-live="polite" aria-label="Messages that have come">
            {messages.map(({ number, atMs, id, text, isText }) => (
              <li key={number}>
                <p class="small muted">
                  <time>{exact(atMs).slice(11)}</time> {id} {!isText && 'not text, as base64'}
                </p>
                <pre>{text}</pre>
              </li>
            ))}
          </ol>
          {messages.length === 0 && <p class="muted">What is published while this is open appears here.</p>}
        </section>
      </div>
    </>
  );
}
