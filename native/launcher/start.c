// Starts one program: its descriptors, its user and limits, then exec; the exact error comes back when that fails.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher.h"

// What the child needs and what it tells: it shares our memory until exec.
struct child {
  const struct request *request;
  int files[3];
  volatile int error;
  const char *volatile stage;
};

static const int resources[4] = {RLIMIT_AS, RLIMIT_CPU, RLIMIT_NPROC, RLIMIT_NOFILE};

static bool set_limits(const struct request *request) {
  for (int index = 0; index < 4; index++) {
    if (request->limits[index] < 0) continue;
    struct rlimit limit;
    if (getrlimit(resources[index], &limit) != 0) return false;
    const rlim_t wanted = (rlim_t)request->limits[index];
    if (wanted < limit.rlim_max) limit.rlim_max = wanted;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(resources[index], &limit) != 0) return false;
  }
  return true;
}

static bool join_cgroups(char **cgroups) {
  for (; *cgroups != NULL; cgroups++) {
    const int file = open(*cgroups, O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, "0", 1) != 1) return false;
    close(file);
  }
  return true;
}

static bool change_user(const struct request *request) {
  if (request->uid < 0) return true;
  const gid_t gid = (gid_t)request->gid;
  const uid_t uid = (uid_t)request->uid;
  return setgroups(0, NULL) == 0 && setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0;
}

static void take_files(struct child *child) {
  child->stage = "session";
  if (setsid() < 0) return;
  if (child->request->rows > 0 && ioctl(child->files[0], TIOCSCTTY, 0) != 0) return;
  for (int index = 0; index < 3; index++)
    if (dup2(child->files[index], index) != index) return;
  syscall(SYS_close_range, 3u, ~0u, 0u);
  child->stage = "";
}

// Between vfork and exec: system calls alone. Descriptors close here, so that none of ours lives on in the child.
static void __attribute__((noreturn)) become(struct child *child) {
  const struct request *request = child->request;
  take_files(child);
  if (*child->stage == 0 && (child->stage = "cgroup", join_cgroups(request->cgroups)) && (child->stage = "limits", set_limits(request)) &&
      (child->stage = "user", change_user(request)) && (child->stage = "cwd", chdir(request->cwd) == 0)) {
    child->stage = "exec";
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    sigset_t none;
    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(request->exec, request->argv, request->environment);
  }
  child->error = errno;
  _exit(127);
}

static pid_t start_child(struct child *child) {
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &before);
  const pid_t pid = vfork();
  if (pid == 0) become(child);
  sigprocmask(SIG_SETMASK, &before, NULL);
  return pid;
}

static bool own_by(int file, const struct request *request) {
  return request->uid < 0 || fchown(file, (uid_t)request->uid, (gid_t)request->gid) == 0;
}

// A message that came in the frame is small enough to wait in the pipe whole.
static bool fill_input(const struct request *request, struct run *run) {
  fcntl(run->input, F_SETFL, O_NONBLOCK);
  const bool whole = write(run->input, request->message, request->message_bytes) == (ssize_t)request->message_bytes;
  close(run->input);
  run->input = -1;
  return whole || (errno = ENOBUFS, false);
}

// The reading end of the program's stdin, or -1 with errno. A message's file stays ours: the run user may only read it.
int open_input(const struct request *request, struct run *run) {
  if (strcmp(request->input, "file") == 0) {
    const int file = open(request->input_path, O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
    if (file >= 0 && request->uid >= 0 && (fchown(file, (uid_t)-1, (gid_t)request->gid) != 0 || fchmod(file, 0440) != 0)) return -1;
    return file;
  }
  if (strcmp(request->input, "empty") == 0) return open("/dev/null", O_RDONLY | O_CLOEXEC);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  run->input = ends[1];
  if (!own_by(ends[0], request)) return -1;
  if (request->input[0] == 'i') return fill_input(request, run) ? ends[0] : -1;
  run->held = request->input[0] == 'h';
  run->arriving = !run->held;
  return ends[0];
}

static bool open_pipes(const struct request *request, struct run *run, struct child *child) {
  for (int stream = 0; stream < 2; stream++) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    run->streams[stream].fd = ends[0];
    child->files[stream + 1] = ends[1];
    if (!own_by(ends[1], request) || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) return false;
  }
  return true;
}

// One terminal for all three; its master is what the log reads as stdout.
static bool open_terminal(const struct request *request, struct run *run, struct child *child) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  char name[64];
  if (master < 0) return false;
  run->streams[0].fd = master;
  if (grantpt(master) != 0 || unlockpt(master) != 0 || ptsname_r(master, name, sizeof name) != 0) return false;
  const struct winsize size = {.ws_row = (unsigned short)request->rows, .ws_col = (unsigned short)request->columns};
  ioctl(master, TIOCSWINSZ, &size);
  const int slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) return false;
  for (int index = 0; index < 3; index++) {
    if (child->files[index] >= 0) close(child->files[index]);
    child->files[index] = index == 0 ? slave : fcntl(slave, F_DUPFD_CLOEXEC, 3);
  }
  run->tty = true;
  return own_by(slave, request) && fcntl(master, F_SETFL, O_NONBLOCK) == 0;
}

// In the list of what began, so that a later server knows what may have run when nothing else is left of it. Two files, each bounded.
static bool note_begin(const struct run *run) {
  char line[ID_BYTES + 2];
  struct stat found;
  const int length = snprintf(line, sizeof line, "%s\n", run->id);
  const int file = openat(self.runs_dir, "begun", O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
  const bool noted = file >= 0 && write(file, line, (size_t)length) == length;
  if (noted && fstat(file, &found) == 0 && found.st_size > BEGUN_BYTES) renameat(self.runs_dir, "begun", self.runs_dir, "begun.old");
  if (file >= 0) close(file);
  return noted;
}

// Starts the program, whose stdin is `input` (closed here); returns 0 or the errno, with the stage that failed.
int begin(const struct request *request, struct run *run, int input, const char **stage) {
  struct child child = {.request = request, .files = {input, -1, -1}, .stage = "pipes"};
  const bool opened = request->rows > 0 ? open_terminal(request, run, &child) : open_pipes(request, run, &child);
  int error = opened ? 0 : errno;
  if (opened && !note_begin(run)) error = errno, child.stage = "record";
  if (error == 0) {
    run->started_ms = wall_ms();
    const pid_t pid = start_child(&child);
    if (pid < 0) error = errno;
    else if (child.error == 0) run_by_pid(run, pid);
    else error = child.error, waitpid(pid, NULL, 0);
  }
  for (int index = 0; index < 3; index++)
    if (child.files[index] >= 0) close(child.files[index]);
  *stage = child.stage;
  return error;
}
