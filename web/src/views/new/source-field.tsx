// Where a program comes from: a line that is pasted, or a script that is dropped.
import { useDrop } from '../../parts/form/drop-zone.js';

interface SourceProps {
  line: string;
  setLine(line: string): void;
  takeFiles(files: File[]): void;
}

export function SourceField({ line, setLine, takeFiles }: SourceProps) {
  const drop = useDrop(takeFiles);
  return (
    <div class="source" data-over={drop.isOver} {...drop.handlers}>
      <label>
        Paste a command that works in your terminal
        <textarea
          class="mono"
          rows={2}
          spellcheck={false}
          autocapitalize="none"
          autofocus
          placeholder="ffmpeg -i in.wav -b:a 192k out.mp3"
          value={line}
          onInput={({ currentTarget: { value } }) => setLine(value)}
        />
      </label>
      <label class="choose-script">
        <span>
          or drop a script here, or <u>choose one</u>
        </span>
        <input type="file" multiple onChange={({ currentTarget }) => drop.take(currentTarget.files)} />
      </label>
    </div>
  );
}
