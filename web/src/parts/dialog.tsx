// A dialogue above the page: closed by Esc, by its button, and by a click beside it.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface DialogProps {
  title: string;
  close(): void;
  children: ComponentChildren;
}

export function Dialog({ title, close, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  return (
    <dialog ref={element} onClose={close} closedby="any" aria-label={title}>
      <div class="dialog-body">
        <h2>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  /** Names the thing and the number: "Delete mp3 and keep its 214 runs?" */
  question: string;
  /** The word on the button: "Delete". */
  verb: string;
  confirm(): void;
  close(): void;
}

/** For what cannot be undone. */
export function Confirm({ question, verb, confirm, close }: ConfirmProps) {
  return (
    <Dialog title={question} close={close}>
      <div class="actions">
        <button
          type="button"
          class="danger"
          onClick={() => {
            close();
            confirm();
          }}
        >
          {verb}
        </button>
        <button type="button" class="quiet" onClick={close}>
          Cancel
        </button>
      </div>
    </Dialog>
  );
}
