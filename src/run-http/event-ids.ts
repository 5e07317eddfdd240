// The ids of a log's events: where in the log of its attempt the next one begins, and which attempt that is.

/** No log is so long; the ids of a first attempt are plain offsets. */
const attemptBytes = 2 ** 40;

export function eventId(attempt: number, offset: number): number {
  return (attempt - 1) * attemptBytes + offset;
}

/** Where to go on in the log of `attempt` after this id: at its beginning, when the id is of an earlier one, whose log is gone. */
export function offsetOf(id: number, attempt: number): number {
  const offset = id - (attempt - 1) * attemptBytes;
  return offset < 0 ? 0 : offset;
}
