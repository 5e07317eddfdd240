// What each item of the files becomes, what is not carried over, and what was refused.
import type { Schemas } from '../../api/client.js';
import { href } from '../../router.js';

type Item = Schemas['ImportedDefinition'];
type Definition = { name: string; description?: string; parameters?: { properties?: Record<string, unknown> } };

const words: Record<string, string> = {
  created: '✓ stored',
  changed: '✓ changed',
  unchanged: 'is stored already',
  skipped: 'not stored',
  same: 'is stored already',
  different: 'another one has this name',
};

export function ImportedItems({ answer: { definitions, refused } }: { answer: Schemas['ImportAnswer'] }) {
  return (
    <table class="import-items" aria-live="polite">
      <thead>
        <tr>
          <th>From</th>
          <th>Becomes</th>
          <th>To know</th>
        </tr>
      </thead>
      <tbody>
        {definitions.map((item) => (
          <Row key={item.item} item={item} />
        ))}
        {refused.map(({ item, reason }) => (
          <tr key={item}>
            <td>{item}</td>
            <td class="fault">✕ refused</td>
            <td>{reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Row({ item: { item, definition, notes, warnings, faults, exists, result } }: { item: Item }) {
  const { name, description, parameters } = definition as Definition;
  const names = Object.keys(parameters?.properties ?? {});
  const isThere = exists === 'same' || (result !== undefined && result !== 'skipped');
  const state = words[result ?? exists ?? ''];
  return (
    <tr>
      <td>{item}</td>
      <td>
        {isThere ? <a href={href('definitions', name)}>{name}</a> : <strong>{name}</strong>} {state && <span class="muted">{state}</span>}
        {description && <p class="muted">{description}</p>}
        {names.length > 0 && <p class="mono">{names.join(', ')}</p>}
      </td>
      <td>
        {faults.map(({ path, message }) => (
          <p class="fault" key={path + message}>
            {path} {message}
          </p>
        ))}
        {[...notes, ...warnings.map(({ message }) => message)].map((text) => (
          <p class="small" key={text}>
            {text}
          </p>
        ))}
      </td>
    </tr>
  );
}
