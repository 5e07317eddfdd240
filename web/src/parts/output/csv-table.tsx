// The first rows of a CSV file as a table.
import { csvRows } from './csv.js';

const mostRows = 1000;

export function CsvTable({ text }: { text: string }) {
  const [head = [], ...rows] = csvRows(text, mostRows + 1);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section class="shown-table" tabIndex={0} aria-label="Table">
        <table>
          <thead>
            <tr>
              {head.map((cell) => (
                <th scope="col">{cell}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr>
                {row.map((cell) => (
                  <td>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length === mostRows && <p class="muted small">The first {mostRows.toLocaleString('en')} rows.</p>}
    </>
  );
}
