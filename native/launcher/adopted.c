// The runs of a starter that was killed, which go on as our own: we are the parent of their programs now. How a program ends is still exact. What it had
// written and the starter had not put into the log is lost, so that the run ends with an error of its log.
#include "adopted.h"
#include "output.h"
#include "run.h"

#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

// Opens a pipe of the program again. A pipe that somebody else reads is the program's own, and what it says there is not for us.
static int open_again(const struct run *run, int stream) {
  char path[64];
  struct stat found;
  snprintf(path, sizeof path, "/proc/%d/fd/%d", run->pid, stream + 1);
  if (stat(path, &found) != 0 || !S_ISFIFO(found.st_mode)) return -1;
  struct pollfd writer = {.fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)};
  const bool unread = writer.fd >= 0 && poll(&writer, 1, 0) == 1 && (writer.revents & POLLERR) != 0;
  const int reader = unread ? open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;
  if (writer.fd >= 0) close(writer.fd);
  return reader;
}

static bool is_child(pid_t pid) {
  siginfo_t info;
  return pid > 0 && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void resume(struct run *run) {
  run->torn = true;
  for (int stream = 0; stream < 2; stream++) {
    const int fd = open_again(run, stream);
    if (fd >= 0) run_stream(run, stream, fd);
  }
  output_resume(run);
  run_watch(run);
  const int64_t now = monotonic_ms();
  run->spill_at = now;
  if (*run->reason == 0 && run->timeout_ms > 0) run->timeout_at = now + run->started_ms + run->timeout_ms - wall_ms();
  deadline(now);
  // a stop that had begun begins again, with its whole grace
  if (*run->reason != 0) run_stop(run, run->reason, run->stop_signal, run->grace_ms);
}

void adopt_orphan(struct run *run) {
  run->child = NULL;
  if (!run->ended && is_child(run->pid)) return resume(run);
  // whether it has begun shows in the list; an end that was told needs nobody any more
  if (!run->ended && launcher.attached) tell(VALUES(T("gone"), T(run->id)));
  run_drop(run);
}
