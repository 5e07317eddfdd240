// The ids of the events of a log: each contains the attempt, and the offset in its log at which the next event begins.

/** More bytes than any log has; the ids of a first attempt are plain offsets. */
const attemptBytes = 2 ** 40;

export function eventId(attempt: number, offset: number): number {
  return (attempt - 1) * attemptBytes + offset;
}

/** The offset at which the log of `attempt` continues after this id: its beginning when the id is from an earlier attempt, whose log is gone. */
export function offsetOf(id: number, attempt: number): number {
  const offset = id - (attempt - 1) * attemptBytes;
  return offset < 0 ? 0 : offset;
}
