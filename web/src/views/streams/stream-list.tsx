// The streams that bindings name, and a field for any other.
import { type Bindings, useBindings } from '../../parts/bindings.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { href, navigate } from '../../router.js';

export function StreamList() {
  const bindings = useBindings();
  const open = (event: SubmitEvent) => {
    event.preventDefault();
    navigate(`streams/${new FormData(event.currentTarget as HTMLFormElement).get('name')}`);
  };
  return (
    <>
      <div class="view-head">
        <h1>Streams</h1>
        <form class="stream-chooser" onSubmit={open}>
          <input
            name="name"
            aria-label="Name of a stream"
            placeholder="Name of a stream"
            required
            pattern="[A-Za-z0-9._\-]+"
            maxLength={100}
            autocapitalize="none"
          />
          <button type="submit" class="quiet">
            Open
          </button>
        </form>
      </div>
      <Loaded resource={bindings}>
        {(value) =>
          value.list.length === 0 ? (
            <Empty title="No program is bound to a stream yet">
              <p class="muted">
                A binding runs a program with each message that comes on a stream, and sends its output to another one. Any stream can be
                opened by its name, to publish and to follow.
              </p>
              <a href={href('operations', 'bindings')}>Bind a program</a>
            </Empty>
          ) : (
            <ul class="rows">
              {streamsOf(value).map(({ bus, stream, readers, writers }) => (
                <li key={`${bus} ${stream}`}>
                  <a data-row href={`${href('streams', stream)}?bus=${bus}`}>
                    <strong>{stream}</strong>
                    <span class="muted">
                      {writers.length > 0 && `from ${writers.join(', ')} `}
                      {readers.length > 0 && `to ${readers.join(', ')}`}
                    </span>
                    <span class="tag stream-bus">{bus}</span>
                  </a>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}

interface NamedStream {
  bus: string;
  stream: string;
  readers: string[];
  writers: string[];
}

function streamsOf({ list, names }: Bindings): NamedStream[] {
  const streams = new Map<string, NamedStream>();
  const at = ({ bus = 'memory', stream }: { bus?: string; stream: string }): NamedStream => {
    const key = `${stream} ${bus}`;
    const found = streams.get(key) ?? { bus, stream, readers: [], writers: [] };
    streams.set(key, found);
    return found;
  };
  for (const { input, output, definition } of list) {
    const name = names.get(definition) ?? definition;
    at(input).readers.push(name);
    if (output) at(output).writers.push(name);
  }
  return [...streams].sort(([one], [other]) => one.localeCompare(other)).map(([, stream]) => stream);
}
