// A few choices side by side, of which one is taken.
import './segmented.css';

interface SegmentedProps {
  /** Unique on the page: the browser knows by it which choices belong together. */
  name: string;
  label: string;
  options: { id: string; label: string }[];
  value: string;
  isRequired?: boolean;
  change(id: string): void;
}

export function Segmented({ name, label, options, value, isRequired, change }: SegmentedProps) {
  return (
    <div class="segmented" role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <label key={option.id}>
          <input
            type="radio"
            name={name}
            value={option.id}
            checked={option.id === value}
            required={isRequired}
            onChange={() => change(option.id)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  );
}
