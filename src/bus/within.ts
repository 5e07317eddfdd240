// Waiting for what may never come: amqplib's close does not settle when the connection is lost meanwhile.

/** Resolves when the work is done, well or not, or when the time is up. */
export async function within(timeMs: number, work: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeMs);
  });
  await Promise.race([work?.catch(() => {}), late]);
  clearTimeout(timer);
}
