// The message of a program: written, or a file that is dropped or chosen.
import { useState } from 'preact/hooks';
import { DropZone, useDrop } from './drop-zone.js';
import { fieldId, Labelled } from './field-input.js';
import type { MessageInput as Input } from './fields.js';
import type { Filled } from './filled.js';

interface MessageInputProps {
  input: Input;
  isRequired: boolean;
  value: Filled['message'];
  fault?: string;
  change(value: Filled['message']): void;
}

/** No parameter has this name. */
export const messageName = '-message';

export function MessageInput({ input, isRequired, value, fault, change }: MessageInputProps) {
  const [writes, setWrites] = useState(input.kind === 'text' || value.text !== '');
  const isWritten = writes && value.files.length === 0;
  const drop = useDrop((files) => change({ text: value.text, files }));
  const isFile = input.kind === 'file';
  return (
    <Labelled name={messageName} title={isFile ? 'File' : 'Message'} isRequired={isRequired} fault={fault}>
      {(describedBy) =>
        isWritten ? (
          <div class="message" data-over={drop.isOver} {...drop.handlers}>
            <textarea
              id={fieldId(messageName)}
              class="mono growing"
              rows={Math.min(20, Math.max(3, value.text.split('\n').length))}
              required={isRequired}
              aria-describedby={describedBy}
              aria-invalid={fault !== undefined}
              spellcheck={false}
              placeholder="Write, paste, or drop a file"
              value={value.text}
              onInput={({ currentTarget }) => change({ text: currentTarget.value, files: [] })}
            />
            <label class="small choose">
              <u>Choose a file</u>
              <input type="file" multiple onChange={({ currentTarget }) => drop.take(currentTarget.files)} />
            </label>
          </div>
        ) : (
          <>
            <DropZone
              id={fieldId(messageName)}
              name={messageName}
              chosen={value.files}
              isRequired={isRequired}
              isList={false}
              describedBy={describedBy}
              isFaulty={fault !== undefined}
              change={(files) => change({ ...value, files })}
            />
            {value.files.length === 0 && (
              <button type="button" class="link" onClick={() => setWrites(true)}>
                Write it instead
              </button>
            )}
          </>
        )
      }
    </Labelled>
  );
}
