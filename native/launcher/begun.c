// The list of begun runs, by which a later server knows that a run may have run when nothing else is left of it. Two files, each bounded; the launcher
// alone begins a new one.
#include "begun.h"

#include <sys/stat.h>

#define BEGUN_BYTES (2 << 20)              // the size at which it becomes the old list and a new one begins

static int open_list(void) { return openat(launcher.runs_dir, "begun", O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600); }

bool open_begun(void) {
  static off_t most;
  if (launcher.starter) return launcher.begun >= 0 || (launcher.begun = open_list()) >= 0;
  if (launcher.begun >= 0 && (most += ID_BYTES) < BEGUN_BYTES) return true;
  // assumes the longest lines; the real size is only read for what an earlier launcher wrote
  struct stat found = {0};
  if (launcher.begun >= 0) renameat(launcher.runs_dir, "begun", launcher.runs_dir, "begun.old"), close(launcher.begun);
  launcher.begun = open_list();
  if (launcher.begun >= 0) fstat(launcher.begun, &found), launcher.begun_count++;
  most = found.st_size;
  return launcher.begun >= 0;
}

void leave_begun(void) {
  if (launcher.begun >= 0) close(launcher.begun);
  launcher.begun = -1;
}

bool note_begin(const struct run *run) {
  char line[ID_BYTES + 2];
  const int length = snprintf(line, sizeof line, "%s\n", run->id);
  return write(launcher.begun, line, (size_t)length) == length;
}
