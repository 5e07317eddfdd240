// The oom_score_adj of programs: above that of the launcher, which has the server's. Where it cannot be set, the program starts nevertheless.
#include "blame.h"
#include "launcher.h"

#define ABOVE 300                          // as if a program took three tenths of the memory more
#define MOST 1000                          // the greatest value that the kernel takes

static const char path[] = "/proc/self/oom_score_adj";

void blame_prepare(void) {
  char own[16] = "";
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  const ssize_t bytes = read(file, own, sizeof own - 1);
  close(file);
  const int wanted = atoi(own) + ABOVE;
  if (bytes > 0) snprintf(launcher.blame, sizeof launcher.blame, "%d", wanted < MOST ? wanted : MOST);
}

void blame_take(void) {
  const int file = *launcher.blame == 0 ? -1 : open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  const ssize_t written = write(file, launcher.blame, strlen(launcher.blame));
  (void)written;
  close(file);
}
