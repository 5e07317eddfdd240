// Requests to an init or a starter whose launcher is gone: the server appends frames to a file of the run's control directory and sends USR1 each time.
#include "asked.h"

static void read_file(struct run *run, struct buffer *frames) {
  char path[ID_BYTES + 8], bytes[1024];
  snprintf(path, sizeof path, "%s/asked", run->id);
  const int file = openat(launcher.runs_dir, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  off_t at = run->asked;
  for (ssize_t length; file >= 0 && (length = pread(file, bytes, sizeof bytes, at)) > 0; at += length) buffer_add(frames, bytes, (size_t)length);
  if (file >= 0) close(file);
}

void read_asked(bool (*take)(struct channel *, struct fields *, const char *, size_t)) {
  if (!launcher.inside && !launcher.starter) return;
  for (struct run *run = run_next(NULL), *next; run != NULL; run = next) {
    next = run_next(run);
    struct buffer frames = {0};
    struct fields fields;
    size_t size, done = 0;
    read_file(run, &frames);
    for (; frame_take(&frames, done, &fields, &size) == 1; done += size) take(NULL, &fields, frames.data + done, size);
    // a frame that is not whole yet is read again
    run->asked += (off_t)done;
    buffer_free(&frames);
  }
}
