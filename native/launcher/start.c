// Starts one program: its descriptors, its user and limits, then exec; a failure is reported with its exact error.
#include "start.h"
#include "begun.h"
#include "blame.h"
#include "descriptors.h"
#include "run.h"
#include "session.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>

// What the child needs and what it reports: the child shares our memory until exec.
struct child {
  const struct request *request;
  int files[3];
  volatile int error;
  const char *volatile stage;
};

static const int resources[LIMITS] = {RLIMIT_AS, RLIMIT_CPU, RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_FSIZE};

static bool set_limits(const struct request *request) {
  for (int index = 0; index < LIMITS; index++) {
    if (request->limits[index] < 0) continue;
    struct rlimit limit;
    if (getrlimit(resources[index], &limit) != 0) return false;
    const rlim_t wanted = (rlim_t)request->limits[index];
    // the hard limit is a second later: SIGXCPU shows why the program ends, a plain KILL would not
    const rlim_t most = wanted + (resources[index] == RLIMIT_CPU);
    if (most < limit.rlim_max) limit.rlim_max = most;
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
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

// An init of an ordinary user has every right in its user namespace. Its programs have none, so they may not enter their cwd by one either.
static bool lay_down_rights(void) {
  if (getuid() == 0) return true;
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
  if (syscall(SYS_capget, &header, sets) != 0) return false;
  for (int index = 0; index < _LINUX_CAPABILITY_U32S_3; index++) sets[index].effective = 0;
  return syscall(SYS_capset, &header, sets) == 0;
}

// Of a user of the machine all groups; of any other user none but its gid.
static bool set_groups(char **groups) {
  gid_t ids[GROUPS];
  size_t count = 0;
  for (; groups[count] != NULL; count++) ids[count] = (gid_t)strtoul(groups[count], NULL, 10);
  return setgroups(count, ids) == 0;
}

static bool change_user(const struct request *request) {
  if (request->uid < 0) return lay_down_rights();
  const gid_t gid = (gid_t)request->gid;
  const uid_t uid = (uid_t)request->uid;
  return set_groups(request->groups) && setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0;
}

static void take_files(struct child *child) {
  child->stage = "session";
  if (!session_enter(child->request)) return;
  if (child->request->rows > 0 && ioctl(child->files[0], TIOCSCTTY, 0) != 0) return;
  for (int index = 0; index < 3; index++)
    if (dup2(child->files[index], index) != index) return;
  close_between(3, ~0u);
  child->stage = "";
}

// Between vfork and exec: only system calls. Closes descriptors here, so that none of ours stays open in the program.
static void __attribute__((noreturn)) become(struct child *child) {
  const struct request *request = child->request;
  take_files(child);
  // an init of an ordinary user may not change it here any more, and has the value of programs itself
  if (!launcher.inside || launcher.uid == 0) blame_take();
  if (*child->stage == 0 && (child->stage = "cgroup", join_cgroups(request->cgroups)) && (child->stage = "limits", set_limits(request)) &&
      (child->stage = "user", change_user(request)) && (child->stage = "cwd", chdir(request->cwd) == 0)) {
    child->stage = "exec";
    sigset_t none;
    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(request->exec, request->argv, request->environment);
  }
  child->error = errno;
  _exit(127);
}

// No signal is handled here (signalfd), so that none can run in the memory that the child shares until exec.
static pid_t start_child(struct child *child) {
  const pid_t pid = vfork();
  if (pid == 0) become(child);
  return pid;
}

static bool own_by(int file, const struct request *request) {
  return request->uid < 0 || fchown(file, (uid_t)request->uid, (gid_t)request->gid) == 0;
}

// At level process one description serves all runs: its flags change nothing. In an init each run has a new one, since flags and locks outlive a program.
static int open_nothing(void) {
  if (launcher.inside) return open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (launcher.nothing < 0) launcher.nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  return launcher.nothing;
}

void close_input_end(int input) {
  if (input != launcher.nothing) close(input);
}

// The reading end of the program's stdin, or -1 with errno; to be closed by close_input_end. A message's file stays ours: the run user may only read it.
int open_input(const struct request *request, struct run *run) {
  const bool is_file = strcmp(request->input, "file") == 0, is_inline = strcmp(request->input, "inline") == 0;
  if (strcmp(request->input, "empty") == 0) return open_nothing();
  int ends[2] = {-1, -1};
  if (is_file) ends[0] = open(request->input_path, O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
  else if (pipe2(ends, O_CLOEXEC) == 0) run->input = ends[1];
  if (ends[0] < 0) return -1;
  bool well;
  if (is_file) well = request->uid < 0 || (fchown(ends[0], (uid_t)-1, (gid_t)request->gid) == 0 && fchmod(ends[0], 0440) == 0);
  else well = own_by(ends[0], request);
  if (well && is_inline) {
    // small enough to fit into the pipe as a whole
    fcntl(run->input, F_SETFL, O_NONBLOCK);
    well = write(run->input, request->message, request->message_bytes) == (ssize_t)request->message_bytes || (errno = ENOBUFS, false);
    close(run->input);
    run->input = -1;
  }
  run->held = strcmp(request->input, "held") == 0;
  run->arriving = strcmp(request->input, "live") == 0;
  if (well) return ends[0];
  const int error = errno;
  close(ends[0]);
  return errno = error, -1;
}

// Creates a named pipe of the run user. A pipe that is there already was created for this same start by a launcher that was killed.
static bool make_pipe(const char *path, const struct request *request) {
  struct stat found;
  if (mkfifo(path, 0600) != 0 && errno != EEXIST) return false;
  if (lstat(path, &found) != 0) return false;
  if (!S_ISFIFO(found.st_mode)) return errno = EEXIST, false;
  return request->uid < 0 || lchown(path, (uid_t)request->uid, (gid_t)request->gid) == 0;
}

// Creates the named pipes. Held pipes stay open until the run has ended, so that the program never sees the server open or close them.
bool make_pipes(const struct request *request, struct run *run) {
  for (int index = 0; request->pipes[index] != NULL; index++) {
    const char *path = request->pipes[index];
    if (index == PIPES) return errno = E2BIG, false;
    if (!make_pipe(path, request)) return false;
    if (request->hold == 0) continue;
    run->pipes[index] = open(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (run->pipes[index] < 0) return false;
  }
  return true;
}

static bool open_pipes(const struct request *request, struct run *run, struct child *child) {
  for (int stream = 0; stream < 2; stream++) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    child->files[stream + 1] = ends[1];
    run_stream(run, stream, ends[0]);
    if (!own_by(ends[1], request)) return false;
  }
  return true;
}

// Sets UTF-8 input: a backspace then erases a whole character, not only its last byte.
static bool takes_utf8(int terminal) {
  struct termios line;
  if (tcgetattr(terminal, &line) != 0) return false;
  line.c_iflag |= IUTF8;
  return tcsetattr(terminal, TCSANOW, &line) == 0;
}

// Opens one terminal for all three streams; the log reads its master as stdout.
static bool open_terminal(const struct request *request, struct run *run, struct child *child) {
  const struct winsize size = {.ws_row = (unsigned short)request->rows, .ws_col = (unsigned short)request->columns};
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  char name[64];
  if (master < 0) return false;
  run->tty = true;
  run_stream(run, 0, master);
  const bool open_master = unlockpt(master) == 0 && ptsname_r(master, name, sizeof name) == 0 && takes_utf8(master);
  const int slave = open_master && ioctl(master, TIOCSWINSZ, &size) == 0 ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
  if (slave < 0) return false;
  close_input_end(child->files[0]);
  child->files[0] = slave;
  for (int index = 1; index < 3; index++)
    if ((child->files[index] = fcntl(slave, F_DUPFD_CLOEXEC, 3)) < 0) return false;
  return own_by(slave, request);
}

// Starts the program, whose stdin is `input` (closed here); returns 0 or the errno, with the step that failed in *stage.
int begin(const struct request *request, struct run *run, int input, const char **stage) {
  struct child child = {.request = request, .files = {input, -1, -1}, .stage = request->rows > 0 ? "terminal" : "pipes"};
  const bool opened = request->rows > 0 ? open_terminal(request, run, &child) : open_pipes(request, run, &child);
  int error = opened ? 0 : errno;
  // a new descriptor has the lowest free number; a terminal has only three of them
  if (error == 0 && !descriptors_left(child.files[2], run_count())) error = EMFILE;
  if (error == 0 && !note_begin(run)) error = errno, child.stage = "record";
  if (error == 0) {
    run->started_ms = wall_ms();
    const pid_t pid = start_child(&child);
    if (pid < 0) error = errno, child.stage = "fork";
    else if (child.error == 0) run_by_pid(run, pid);
    else error = child.error, waitpid(pid, NULL, 0);
  }
  close_input_end(child.files[0]);
  for (int index = 1; index < 3; index++)
    if (child.files[index] >= 0) close(child.files[index]);
  *stage = child.stage;
  return error;
}
