// One definition in the list: what it is, whose it is, and how its last runs ended.
import type { Schemas } from '../../api/client.js';
import { useWho } from '../../frame/who.js';
import { type DefinitionContent, referenceOf } from '../../parts/definition.js';
import { StateSign, stateOf } from '../../parts/run-state.js';
import { href } from '../../router.js';
import type { Recent } from './recent-runs.js';
import { Sparkline } from './sparkline.js';

interface RowProps {
  object: Schemas['DefinitionObject'];
  /** Undefined: not read yet. */
  recent?: Recent;
  /** Shows only what has this tag. */
  find(tag: string): void;
}

export function DefinitionRow({ object: { id, definition: content }, recent, find }: RowProps) {
  const who = useWho();
  const definition = content as DefinitionContent;
  const owner = recent?.owner ?? who.user.username;
  const last = recent?.runs[0];
  return (
    <li class="definition">
      {last ? <StateSign state={stateOf(last)} /> : <NeverRun isKnown={recent !== undefined} />}
      <a data-row href={href('definitions', referenceOf(who, { id, definition, owner }))}>
        {definition.name ?? `#${id}`}
      </a>
      <span class="muted about">{definition.description ?? definition.exec}</span>
      <span class="marks">
        {owner !== who.user.username && <span class="small muted">of {owner}</span>}
        {(definition.tags ?? []).map((tag) => (
          <button type="button" class="tag" key={tag} title={`Show only ${tag}`} onClick={() => find(tag)}>
            {tag}
          </button>
        ))}
      </span>
      <Sparkline runs={recent?.runs ?? []} />
    </li>
  );
}

function NeverRun({ isKnown }: { isKnown: boolean }) {
  return (
    <span class="state-sign" role="img" aria-label={isKnown ? 'never run' : 'not known yet'} title={isKnown ? 'never run' : undefined}>
      {isKnown ? '○' : ' '}
    </span>
  );
}
