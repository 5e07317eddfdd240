// Level pidns: the init of one run, pid 1 of its own namespaces, which supervises the run and ends together with all its processes.
#include "namespaces.h"
#include "blame.h"
#include "descriptors.h"
#include "init-pool.h"
#include "output.h"
#include "run.h"
#include "session.h"
#include "start.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static bool write_file(const char *path, const char *text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  const bool done = file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text);
  if (file >= 0) close(file);
  return done;
}

// An ordinary user needs a user namespace to create the other namespaces; in it the user keeps its id.
static bool map_user(void) {
  char map[64];
  snprintf(map, sizeof map, "%u %u 1", launcher.uid, launcher.uid);
  if (!write_file("/proc/self/uid_map", map) || !write_file("/proc/self/setgroups", "deny")) return false;
  snprintf(map, sizeof map, "%u %u 1", launcher.gid, launcher.gid);
  return write_file("/proc/self/gid_map", map);
}

static void make_path(const char *path) {
  char part[4096];
  for (const char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
    snprintf(part, sizeof part, "%.*s", slash == NULL ? (int)strlen(path) : (int)(slash - path), path);
    mkdir(part, 0755);
    if (slash == NULL) return;
  }
}

// Mounts empty folders over what no run may see, the run's own folder back in its place, and a /proc that shows only these processes.
static bool arrange_mounts(const struct request *request) {
  char own[64];
  const int keep = *request->keep == 0 ? -1 : open(request->keep, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (*request->keep != 0 && keep < 0) return false;
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return false;
  for (char **mask = request->masks; *mask != NULL; mask++)
    if (mount("tmpfs", *mask, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=64k,mode=755") != 0) return false;
  if (keep >= 0 && *request->masks != NULL) {
    make_path(request->keep);
    snprintf(own, sizeof own, "/proc/self/fd/%d", keep);
    if (mount(own, request->keep, NULL, MS_BIND | MS_REC, NULL) != 0) return false;
  }
  if (keep >= 0) close(keep);
  // hidepid: a process that keeps a descriptor of this /proc sees nothing of the next run, which has another user
  return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, request->own ? "hidepid=1" : NULL) == 0;
}

// Starts the program of a run; when the program cannot be started, the init ends.
static void serve(const struct request *request, struct run *run, int input, const char *stage, int error) {
  if (error == 0) error = begin(request, run, input, &stage);
  if (error != 0) {
    tell(VALUES(T("failed"), T(run->id), N(error), T(stage)));
    channel_flush(launcher.parent);
    _exit(1);
  }
  run_supervise(run, request);
  tell_started(run, "started", "");
  if (launcher.held_bytes == 0) channel_flush(launcher.parent);
}

static void __attribute__((noreturn)) inside(const struct request *request, struct run *run, int up, int input) {
  title_set(run); // the first step, so that a later server finds this init
  session_own();
  launcher.inside = launcher.attached = true;
  if (input == launcher.nothing) launcher.nothing = -1, input = open_input(request, run);
  // a message that breaks off must not look whole before the program is stopped: the init holds the stdin pipe, too, and it alone holds the named pipes
  const int kept[] = {up, input, run->input, launcher.runs_dir, launcher.begun, run->pipes[0], run->pipes[1]};
  close_others(kept, sizeof kept / sizeof *kept);
  launcher.serves = run->child->init != NULL;
  run->child = NULL;
  channels_forget(); // these channels are the launcher's, and their descriptors are not ours
  launcher.held_bytes = 0;
  run_only(run);
  if (input < 0 || !loop_prepare() || (launcher.parent = channel_new(up, parent_ready)) == NULL) _exit(1);
  const bool arranged = (launcher.uid == 0 || map_user()) && arrange_mounts(request);
  // the program may have the same user and must not access the init
  if (launcher.uid != 0) blame_take(), prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  serve(request, run, input, "namespaces", arranged ? 0 : errno);
  loop();
  _exit(0);
}

// Starts the init of a run. Returns 0, with the init as the run's process and a child channel to it, or the errno. Closes `input`.
int enclose(const struct request *request, struct run *run, int input) {
  int ends[2] = {-1, -1}, error = 0;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) error = errno;
  else if ((run->child = channel_new(ends[0], child_ready)) == NULL) error = errno;
  if (error == 0) {
    run->child->watch.run = run;
    run->child->init = init_new(request);
    const unsigned long user = launcher.uid == 0 ? 0 : CLONE_NEWUSER;
    const pid_t pid = (pid_t)syscall(SYS_clone, user | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) inside(request, run, ends[1], input);
    if (pid < 0) error = errno;
    else run_by_pid(run, pid), close_pipes(run);
    if (pid > 0 && run->child->init != NULL) run->child->init->pid = pid;
  }
  if (ends[1] >= 0) close(ends[1]);
  close_input_end(input);
  return error;
}

// Starts another run in an init that rested.
void serve_again(const struct request *request) {
  struct run *run = run_new(request);
  launcher.clean = false;
  title_set(run);
  const int input = open_input(request, run);
  serve(request, run, input, "input", input < 0 ? errno : 0);
}
