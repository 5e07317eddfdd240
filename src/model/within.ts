// Waits a limited time for work that may never end, such as a query to a database that is away.

/** Resolves when the work has succeeded or failed, or when the time is up. */
export async function within(timeMs: number, work: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeMs);
  });
  await Promise.race([work?.catch(() => {}), late]);
  clearTimeout(timer);
}
