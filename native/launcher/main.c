// procreg-launcher SOCKET RUNS: starts programs for one server, supervises them, and outlives it. This file: what a turn of its loop does.
#include "asked.h"
#include "blame.h"
#include "commands.h"
#include "init-pool.h"
#include "listeners.h"
#include "namespaces.h"
#include "output.h"
#include "run.h"
#include "session.h"
#include "starters.h"

#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define IDLE_MS 5000                       // without a server and without a run, it leaves after this
#define LOOK_MS 2000                       // the time between two checks whether its folder is still there
#define REST_MS 2000                       // the shortest time that inits rest
#define STALLED_BYTES (16u << 20)          // with more than this unsent, the server counts as gone: everything goes to files

static struct watch listener = {.fd = -1, .ready = accept_ready}, handover = {.fd = -1, .ready = handover_ready};

static void send_to_parent(int64_t now) {
  if (launcher.parent != NULL && launcher.held_bytes > 0 && launcher.parent->out.length == launcher.held_bytes && now < launcher.send_at && launcher.grown == NULL) return;
  launcher.held_bytes = 0;
  if (launcher.parent != NULL) channel_flush(launcher.parent);
  // growth is reported when all earlier frames are taken: one frame for each run, however long the other side stalls
  if (launcher.parent != NULL && !launcher.parent->blocked) tell_growth(), channel_flush(launcher.parent);
  // a launcher reads as long as it lives
  if (launcher.parent != NULL && !launcher.starter && launcher.parent->out.length > STALLED_BYTES) lose_parent(launcher.parent);
}

static int64_t due(void) {
  const int64_t young = run_young_until();
  return launcher.held_bytes > 0 && launcher.send_at < young ? launcher.send_at : young;
}

static void signalled(const struct signalfd_siginfo *info) {
  // inside, a sender of pid 0 is outside of the namespace; signals of the program itself are ignored
  if (launcher.inside && info->ssi_pid != 0) return;
  if (info->ssi_signo == SIGUSR1) return read_asked(from_launcher);
  // a launcher that is there says itself what is to end
  if (launcher.starter && launcher.parent != NULL) return;
  launcher.leaving = true;
  stop_all();
}

// The launcher ends when there is neither a server nor a run, a starter when there is neither a launcher nor a run; an init ends when its run is forgotten or recorded, and it gets no other run.
static bool done(int64_t now) {
  static int64_t busy_at;
  const bool empty = run_count() == 0;
  if (launcher.inside) return empty && !launcher.clean;
  if (launcher.starter) return empty && launcher.parent == NULL;
  if (!empty || launcher.attached || busy_at == 0) busy_at = now;
  return launcher.leaving ? empty : now - busy_at >= IDLE_MS && !listeners_wait(now);
}

static void look_around(int64_t now) {
  static int64_t next_look;
  if (launcher.inside || launcher.leaving || now < next_look) return;
  next_look = now + LOOK_MS;
  rest_end(now - REST_MS);
  if (!folder_gone()) return;
  launcher.leaving = true;
  stop_all();
}

static void after_events(int64_t now) {
  run_watch_due(now);
  fire_deadlines(now);
  look_around(now);
  leave_again(now);
  listeners_look(now);
  if (!launcher.inside) rest_flush(), starters_flush();
  send_to_parent(now);
  runs_sweep();
  channels_sweep(init_free);
}

// One launcher per socket: the process that holds the lock file next to the socket.
static bool lock(const char *path) {
  char name[128];
  snprintf(name, sizeof name, "%s.lock", path);
  const int held = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  return held >= 0 && flock(held, LOCK_EX | LOCK_NB) == 0;
}

static bool listen_on(struct watch *watch, const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return errno = ENAMETOOLONG, false;
  strcpy(address.sun_path, path);
  watch->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  unlink(path);
  const mode_t usual = umask(0177);
  const bool bound = watch->fd >= 0 && bind(watch->fd, (struct sockaddr *)&address, sizeof address) == 0;
  umask(usual);
  return bound && listen(watch->fd, 16) == 0 && watch_add(watch);
}

static void prepare_process(int argc, char **argv) {
  // the first three descriptors must not be used by connections
  int fd;
  while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd < 3) continue;
  close(fd);
  reserve_descriptor();
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  signal(SIGPIPE, SIG_IGN);
  umask(022);
  session_prepare();
  blame_prepare();
  launcher.uid = geteuid(), launcher.gid = getegid();
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  launcher.title = argv[0];
  launcher.title_bytes = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) - argv[0]) + 1;
}

static int fail(const char *what) { return fprintf(stderr, "procreg-launcher: %s: %s\n", what, strerror(errno)), 1; }

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "procreg-launcher SOCKET RUNS\n"), 2;
  // an init overwrites the words of our command line
  static char *socket_path;
  char handover_path[64];
  socket_path = strdup(argv[1]);
  launcher.runs_path = strdup(argv[2]);
  prepare_process(argc, argv);
  turn = (struct turn){.done = done, .due = due, .after_events = after_events, .signalled = signalled, .children_changed = reap};
  child_ready = init_ready, parent_ready = launcher_ready, other_ended = starter_ended;
  launcher.runs_dir = open(launcher.runs_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (launcher.runs_dir < 0 || chdir("/") != 0) return fail(launcher.runs_path);
  // in the folder of runs, since others may empty the folder of the socket; created first, so that a client that finds our socket finds this one, too
  snprintf(handover_path, sizeof handover_path, "/proc/self/fd/%d/%d-listen.sock", launcher.runs_dir, getpid());
  if (!lock(socket_path) || !loop_prepare() || !listen_on(&handover, handover_path) || !listen_on(&listener, socket_path)) return fail(socket_path);
  loop();
  unlink(socket_path);
  unlink(handover_path);
  return 0;
}
