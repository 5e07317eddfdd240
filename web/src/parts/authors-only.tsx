// What somebody sees who may run programs and not store them.
import { Empty } from './empty.js';

export function AuthorsOnly() {
  return (
    <Empty title="Authors store programs">
      <p>You may run what is stored. Ask an admin for the role author.</p>
    </Empty>
  );
}
