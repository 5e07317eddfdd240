// Which programs read a stream, and which write it.
import type { Bindings } from '../../parts/bindings.js';
import { href } from '../../router.js';

interface BoundProps {
  bindings: Bindings;
  name: string;
  bus?: string;
}

export function BoundPrograms({ bindings: { list, names }, name, bus }: BoundProps) {
  const isThis = (end: { bus?: string; stream: string } | null) => end?.stream === name && (bus === undefined || end.bus === bus);
  const programs = (isBound: (binding: Bindings['list'][number]) => boolean) => [
    ...new Set(list.filter(isBound).map(({ definition }) => names.get(definition) ?? definition)),
  ];
  const readers = programs(({ input }) => isThis(input));
  const writers = programs(({ output }) => isThis(output));
  return (
    <p class="muted bound">
      {writers.length > 0 && <>Written by {links(writers)}. </>}
      {readers.length > 0 && <>Read by {links(readers)}. </>}
      <a href={href('operations', 'bindings')}>{readers.length + writers.length > 0 ? 'Bindings' : 'Bind a program'}</a>
    </p>
  );
}

function links(names: string[]) {
  return names.map((name, at) => (
    <>
      {at > 0 && ', '}
      <a href={href('definitions', name)}>{name}</a>
    </>
  ));
}
