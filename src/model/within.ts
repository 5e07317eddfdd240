// Waiting for what may never come, or only much later: a database that is away, a broker whose connection is lost.

/** Resolves when the work is done, well or not, or when the time is up. */
export async function within(timeMs: number, work: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeMs);
  });
  await Promise.race([work?.catch(() => {}), late]);
  clearTimeout(timer);
}
