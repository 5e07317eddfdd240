// procreg-launcher SOCKET RUNS: starts programs for one server, supervises them, and outlives it. This file: its loop.
#include "launcher.h"

#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#define IDLE_MS 5000                       // without a server and without a run, it leaves after this
#define LOOK_MS 2000                       // how often it looks whether its folder is still there

struct self self = {.epoll = -1, .runs_dir = -1, .begun = -1, .next_deadline = NEVER};
static struct watch signals, listener = {.fd = -1, .ready = accept_ready}, handover = {.fd = -1, .ready = handover_ready};

static int64_t clock_ms(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t monotonic_ms(void) { return clock_ms(CLOCK_MONOTONIC); }
int64_t wall_ms(void) { return clock_ms(CLOCK_REALTIME); }

void deadline(int64_t at) {
  if (at < self.next_deadline) self.next_deadline = at;
}

bool watch_add(struct watch *watch) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = watch};
  return epoll_ctl(self.epoll, EPOLL_CTL_ADD, watch->fd, &event) == 0;
}

void watch_silence(struct watch *watch) { epoll_ctl(self.epoll, EPOLL_CTL_DEL, watch->fd, NULL); }

// Out of epoll before it closes: a child that has just been started may still hold a copy.
void watch_remove(struct watch *watch) {
  if (watch->fd < 0) return;
  watch_silence(watch);
  close(watch->fd);
  watch->fd = -1;
}

struct channel *channel_new(int fd, void (*ready)(struct watch *, uint32_t)) {
  struct channel *channel = calloc(1, sizeof *channel);
  if (channel == NULL) abort();
  channel->watch = (struct watch){.fd = fd, .ready = ready};
  if (watch_add(&channel->watch)) return channel;
  const int error = errno;
  close(fd);
  free(channel);
  return errno = error, NULL;
}

// Freed by the loop once no event of this turn can name it any more.
void channel_free(struct channel *channel) {
  watch_remove(&channel->watch);
  channel->dead = self.dead_channels;
  self.dead_channels = channel;
}

// False when the other side is gone.
static bool channel_read(struct channel *channel) {
  static char bytes[64 << 10];
  while (channel->in.length <= FRAME_BYTES + 4) {
    const ssize_t length = read(channel->watch.fd, bytes, sizeof bytes);
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return length < 0 && errno == EAGAIN;
    buffer_add(&channel->in, bytes, (size_t)length);
    // a short read has emptied the socket; what comes later is another event
    if ((size_t)length < sizeof bytes) return true;
  }
  return true;
}

// Hands on each whole frame. False when the other side is gone, or sent what is no frame or what `take` refused.
bool channel_take(struct channel *channel, bool (*take)(struct channel *, struct fields *, const char *, size_t)) {
  struct fields fields;
  size_t size, done = 0;
  const bool open = channel_read(channel);
  int found;
  while ((found = frame_take(&channel->in, done, &fields, &size)) == 1) {
    if (!take(channel, &fields, channel->in.data + done, size)) return false;
    done += size;
  }
  buffer_drop(&channel->in, done);
  return open && found == 0;
}

// What the other side does not take now waits until EPOLLOUT brings the next turn.
void channel_flush(struct channel *channel) {
  size_t done = 0;
  while (done < channel->out.length) {
    const ssize_t written = write(channel->watch.fd, channel->out.data + done, channel->out.length - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) break;
    done += (size_t)written;
  }
  buffer_drop(&channel->out, done);
  if (channel->blocked == (channel->out.length > 0)) return;
  channel->blocked = !channel->blocked;
  struct epoll_event event = {.events = channel->blocked ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = &channel->watch};
  epoll_ctl(self.epoll, EPOLL_CTL_MOD, channel->watch.fd, &event);
}

static void send_up(int64_t now) {
  if (self.up != NULL && self.held_bytes > 0 && self.up->out.length == self.held_bytes && now < self.send_at && self.grown == NULL) return;
  self.held_bytes = 0;
  if (self.up != NULL) channel_flush(self.up);
  // growth is told when all before it is taken: one frame for each run, however long the other side stalls
  if (self.up != NULL && !self.up->blocked) tell_growth(), channel_flush(self.up);
  if (self.up != NULL && self.up->out.length > STALLED_BYTES) lose_up(self.up);
}

static void signal_ready(struct watch *watch, uint32_t events) {
  (void)events;
  struct signalfd_siginfo info;
  while (read(watch->fd, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGCHLD) continue;
    // inside, a sender of pid 0 is outside of the namespace; the program itself has no say
    if (self.inside && info.ssi_pid != 0) continue;
    if (info.ssi_signo == SIGUSR1) {
      read_asked();
      continue;
    }
    self.leaving = true;
    stop_all();
  }
  reap();
}

bool loop_prepare(void) {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGCHLD);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGINT);
  sigaddset(&wanted, SIGUSR1);
  sigprocmask(SIG_BLOCK, &wanted, NULL);
  self.epoll = epoll_create1(EPOLL_CLOEXEC);
  signals = (struct watch){.fd = signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC), .ready = signal_ready};
  return self.epoll >= 0 && watch_add(&signals);
}

static void free_dead(void) {
  for (struct run *run = self.dead_runs; run != NULL; run = self.dead_runs) {
    self.dead_runs = run->dead;
    free(run->note);
    free(run);
  }
  for (struct channel *channel = self.dead_channels; channel != NULL; channel = self.dead_channels) {
    self.dead_channels = channel->dead;
    buffer_free(&channel->in);
    buffer_free(&channel->out);
    init_free(channel->init);
    free(channel);
  }
}

// The launcher leaves when there is neither a server nor a run; an init when its run is forgotten or written down, and it gets no other.
static bool done(int64_t now) {
  static int64_t busy_at;
  const bool empty = run_count() == 0;
  if (self.inside) return empty && !self.clean;
  if (!empty || self.attached || busy_at == 0) busy_at = now;
  return self.leaving ? empty : now - busy_at >= IDLE_MS && !listeners_wait(now);
}

static void look_around(int64_t now) {
  static int64_t next_look;
  if (self.inside || self.leaving || now < next_look) return;
  next_look = now + LOOK_MS;
  rest_end(now - REST_MS);
  if (!folder_gone()) return;
  self.leaving = true;
  stop_all();
}

void loop(void) {
  struct epoll_event events[64];
  for (int64_t now = monotonic_ms(); !done(now); now = monotonic_ms()) {
    const int64_t next = self.held_bytes > 0 && self.send_at < self.next_deadline ? self.send_at : self.next_deadline;
    const int64_t wait = next == NEVER ? LOOK_MS : next - now;
    const int count = epoll_wait(self.epoll, events, 64, wait < 0 ? 0 : wait < LOOK_MS ? (int)wait : LOOK_MS);
    for (int index = 0; index < count; index++) {
      struct watch *watch = events[index].data.ptr;
      if (watch->fd >= 0) watch->ready(watch, events[index].events);
    }
    now = monotonic_ms();
    fire_deadlines(now);
    look_around(now);
    leave_again(now);
    listeners_look(now);
    if (!self.inside) rest_flush();
    send_up(now);
    free_dead();
  }
}

// One launcher per socket: whoever holds the lock beside it.
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
  while ((self.spare = open("/dev/null", O_RDWR)) >= 0 && self.spare < 3) continue;
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  signal(SIGPIPE, SIG_IGN);
  umask(022);
  self.uid = geteuid(), self.gid = getegid();
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  self.title = argv[0];
  self.title_bytes = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) - argv[0]) + 1;
}

static int fail(const char *what) { return fprintf(stderr, "procreg-launcher: %s: %s\n", what, strerror(errno)), 1; }

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "procreg-launcher SOCKET RUNS\n"), 2;
  // an init writes over the words of our command line
  static char *socket_path;
  char handover_path[64];
  socket_path = strdup(argv[1]);
  self.runs_path = strdup(argv[2]);
  prepare_process(argc, argv);
  self.runs_dir = open(self.runs_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self.runs_dir < 0 || chdir("/") != 0) return fail(self.runs_path);
  // not beside the socket, in a folder that others may empty; and first: who finds our socket finds it too
  snprintf(handover_path, sizeof handover_path, "/proc/self/fd/%d/%d-listen.sock", self.runs_dir, getpid());
  if (!lock(socket_path) || !loop_prepare() || !listen_on(&handover, handover_path) || !listen_on(&listener, socket_path)) return fail(socket_path);
  loop();
  unlink(socket_path);
  unlink(handover_path);
  return 0;
}
