// Bounds what self-tests hold in memory: a definition that is not saved yet stays there for as long as its examples run.
import { CodedError } from '../../model/coded-error.js';

/** How many characters the definitions of one user that are being tested may have together; a single test may always begin. */
const heldBound = 8 * 2 ** 20;

export class HeldTests {
  /** By user. */
  private readonly lengths = new Map<number, number>();

  /** Throws too_many_checks. */
  async during(user: number, length: number, work: () => Promise<void>): Promise<void> {
    const former = this.lengths.get(user) ?? 0;
    if (former > 0 && former + length > heldBound)
      throw new CodedError(
        'too_many_checks',
        `your self-tests that are under way hold ${former} of ${heldBound} characters; try again later`,
        {
          retryAfterSeconds: 10,
        },
      );
    this.lengths.set(user, former + length);
    try {
      await work();
    } finally {
      const left = (this.lengths.get(user) ?? 0) - length;
      if (left > 0) this.lengths.set(user, left);
      else this.lengths.delete(user);
    }
  }
}
