// Level pidns: the init of one run, pid 1 of namespaces of its own, in which the run is supervised and ends whole.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "launcher.h"

// Where an init keeps what it takes along; everything above is closed.
enum { up_slot = 3, input_slot, keeper_slot, runs_slot, first_free };

static bool write_file(const char *path, const char *text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  const bool done = file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text);
  if (file >= 0) close(file);
  return done;
}

// An ordinary user needs a user namespace for the others, in which it stays itself.
static bool map_user(uid_t uid, gid_t gid) {
  char map[64];
  snprintf(map, sizeof map, "%u %u 1", uid, uid);
  if (!write_file("/proc/self/uid_map", map) || !write_file("/proc/self/setgroups", "deny")) return false;
  snprintf(map, sizeof map, "%u %u 1", gid, gid);
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

// Empty folders over what no run may see, the run's own folder back in its place, and a /proc of these processes alone.
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
  return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0;
}

static void take_slots(int up, int input, int keeper) {
  const int wanted[] = {up, input, keeper, self.runs_dir};
  int high[4];
  for (int index = 0; index < 4; index++) high[index] = wanted[index] < 0 ? -1 : fcntl(wanted[index], F_DUPFD, 64);
  for (int index = 0; index < 4; index++) {
    if (high[index] < 0) close(up_slot + index);
    else dup3(high[index], up_slot + index, O_CLOEXEC);
  }
  syscall(SYS_close_range, (unsigned)first_free, ~0u, 0u);
  self.runs_dir = runs_slot;
}

static void up_ready(struct watch *watch, uint32_t events) {
  (void)events;
  struct fields fields;
  size_t size;
  struct channel *up = (struct channel *)watch;
  const bool open = channel_read(up);
  while (frame_take(&up->in, &fields, &size) == 1) {
    command(&fields, up->in.data, size);
    buffer_drop(&up->in, size);
  }
  if (open) return;
  self.up = NULL;
  channel_free(up);
  detach();
}

static void __attribute__((noreturn)) inside(const struct request *request, struct run *run, int up, int input) {
  // a message that breaks off must not look like one that ends before the program is told to: the init holds the pipe too
  take_slots(up, input, run->input);
  run->input = run->input >= 0 ? keeper_slot : -1;
  self.inside = self.attached = true;
  loop_prepare();
  run_only(run);
  self.up = channel_new(up_slot, up_ready);
  const char *stage = "namespaces";
  const bool arranged = arrange_mounts(request);
  const int error = arranged ? begin(request, run, input_slot, &stage) : errno;
  if (error != 0) {
    tell_failed(run->id, error, stage);
    channel_flush(self.up);
    _exit(1);
  }
  run_supervise(run, request);
  tell_started(run, "started", false);
  channel_flush(self.up);
  loop();
  _exit(0);
}

// Returns 0, with the init as the run's process and a link to it, or the errno. Closes `input`.
int enclose(const struct request *request, struct run *run, int input) {
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) return errno;
  const unsigned long user = uid == 0 ? 0 : CLONE_NEWUSER;
  const pid_t pid = (pid_t)syscall(SYS_clone, user | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | SIGCHLD, 0, 0, 0, 0);
  if (pid == 0) {
    // first of all, so that a later server finds it under the id of its run; until that is whole, under the folder's name
    const size_t length = (size_t)snprintf(self.title, self.title_bytes, "procreg-init %s", run->id);
    if (length < self.title_bytes) memset(self.title + length, 0, self.title_bytes - length);
    if (uid != 0 && !map_user(uid, gid)) _exit(1);
    // its program has the same user and must not reach into it
    if (uid != 0) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    inside(request, run, ends[1], input);
  }
  const int error = pid < 0 ? errno : 0;
  close(ends[1]);
  close(input);
  if (error != 0) {
    close(ends[0]);
    return error;
  }
  run_by_pid(run, pid);
  run->link = channel_new(ends[0], link_ready);
  run->link->watch.run = run;
  return 0;
}
