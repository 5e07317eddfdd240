// The words of a program: each stays as it is, or is clicked to become a field of the form.
import { Menu } from '../../parts/menu.js';
import { roleNames, rolesOf, withChoices, withName, withRole } from './change-role.js';
import { groupWords } from './group-words.js';
import { changeable, type Draft, messageOf, type Part } from './parts.js';

interface WordsProps {
  draft: Draft;
  change(draft: Draft): void;
}

export function Words({ draft, change }: WordsProps) {
  const { parts, usesShell } = draft;
  return (
    <>
      <ol class="words" aria-label="The words of the program">
        {parts.map((part, at) => (
          <li key={`${at} ${part.raw}`}>
            {part.kept !== undefined ? (
              <Kept element={part.kept} />
            ) : (at === 0 && !usesShell) || part.isOperator ? (
              <code class="word">{shown(part)}</code>
            ) : (
              <Word part={part} draft={draft} change={change} />
            )}
          </li>
        ))}
      </ol>
      <Named draft={draft} change={change} />
      {!messageOf(parts) && (
        <label class="check">
          <input
            type="checkbox"
            checked={draft.readsStdin}
            onChange={({ currentTarget: { checked } }) => change({ ...draft, readsStdin: checked })}
          />
          It reads a text or a file from its standard input
        </label>
      )}
    </>
  );
}

/** What cannot be clicked: it is changed as JSON. */
function Kept({ element }: { element: unknown }) {
  const { words, condition } = groupWords(element);
  return (
    <span class="word">
      <code>{words}</code> {condition !== '' && <span class="word-role">{condition}</span>}
    </span>
  );
}

function Word({ part, draft, change }: WordsProps & { part: Part }) {
  const isFixed = part.role === 'fixed';
  const label = (
    <>
      <code>{shown(part)}</code> {!isFixed && <span class="word-role">{roleNames[part.role].toLowerCase()}</span>}
    </>
  );
  return (
    <div class="word-menu" data-role={part.role}>
      <Menu label={label} name={`${shown(part)}: ${roleNames[part.role]}`}>
        {rolesOf(part, draft).map((role) => (
          <button type="button" key={role} aria-pressed={role === part.role} onClick={() => change(withRole(draft, part, role))}>
            {roleNames[role]}
            {role === part.role && <span aria-hidden="true">✓</span>}
          </button>
        ))}
      </Menu>
    </div>
  );
}

/** What the fields are called, and what one chooses from. */
function Named({ draft, change }: WordsProps) {
  const message = messageOf(draft.parts);
  const named = draft.parts.filter((part) => !['fixed', 'output'].includes(part.role) && part !== message);
  if (named.length === 0) return null;
  return (
    <ul class="named">
      {named.map((part) => (
        <li key={draft.parts.indexOf(part)}>
          <code>{shown(part)}</code>
          <label>
            <span>is called</span>
            <input value={part.name} onChange={({ currentTarget: { value } }) => change(withName(draft, part, value))} />
          </label>
          {part.role === 'choice' && (
            <label>
              <span>one of</span>
              <input value={part.choices.join(', ')} onChange={({ currentTarget: { value } }) => change(withChoices(draft, part, value))} />
            </label>
          )}
        </li>
      ))}
    </ul>
  );
}

function shown(part: Part): string {
  if (part.text === '\n') return '⏎';
  const text = changeable(part) === '' && part.role !== 'fixed' ? part.prefix + part.name : part.raw;
  return text.length > 60 ? `${text.slice(0, 60)}…` : text || "''";
}
