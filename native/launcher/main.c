// procreg-launcher SOCKET RUNS: starts programs for one server, supervises them, and outlives it. This file: its loop.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "launcher.h"

#define IDLE_MS 5000                       // without a server and without a run, it leaves after this
#define LOOK_MS 2000                       // how often it looks whether its folder is still there

struct self self = {.epoll = -1, .runs_dir = -1, .listener = -1, .next_deadline = NEVER};
static struct watch signals = {.fd = -1}, listener = {.fd = -1};
static int64_t idle_since;
static bool leaving;

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

void watch_add(struct watch *watch, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = watch};
  epoll_ctl(self.epoll, EPOLL_CTL_ADD, watch->fd, &event);
}

// Out of epoll before it closes: a child that has just been started may still hold a copy.
void watch_remove(struct watch *watch) {
  if (watch->fd < 0) return;
  epoll_ctl(self.epoll, EPOLL_CTL_DEL, watch->fd, NULL);
  close(watch->fd);
  watch->fd = -1;
}

struct channel *channel_new(int fd, void (*ready)(struct watch *, uint32_t)) {
  struct channel *channel = calloc(1, sizeof *channel);
  if (channel == NULL) abort();
  channel->watch.fd = fd;
  channel->watch.ready = ready;
  fcntl(fd, F_SETFL, O_NONBLOCK);
  watch_add(&channel->watch, EPOLLIN);
  return channel;
}

void channel_free(struct channel *channel) {
  watch_remove(&channel->watch);
  channel->dead = self.dead_channels;
  self.dead_channels = channel;
}

bool channel_read(struct channel *channel) {
  static char bytes[64 << 10];
  for (;;) {
    const ssize_t length = read(channel->watch.fd, bytes, sizeof bytes);
    if (length > 0) buffer_add(&channel->in, bytes, (size_t)length);
    else if (length == 0 || (errno != EAGAIN && errno != EINTR)) return false;
    else if (errno == EAGAIN) return true;
    if (channel->in.length > FRAME_BYTES + sizeof bytes) return true;
  }
}

// What the other side does not take now waits for the next turn of the loop, which EPOLLOUT brings.
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

static void signal_ready(struct watch *watch, uint32_t events) {
  (void)events;
  struct signalfd_siginfo info;
  while (read(watch->fd, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGCHLD) continue;
    // inside, a sender of pid 0 is outside of the namespace; the program itself has no say
    if (self.inside && info.ssi_pid != 0) continue;
    leaving = true;
    stop_all();
  }
  reap();
}

void loop_prepare(void) {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGCHLD);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGINT);
  sigprocmask(SIG_BLOCK, &wanted, NULL);
  self.epoll = epoll_create1(EPOLL_CLOEXEC);
  signals = (struct watch){.fd = signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC), .ready = signal_ready};
  watch_add(&signals, EPOLLIN);
}

static void free_dead(void) {
  for (struct run *run = self.dead; run != NULL; run = self.dead) {
    self.dead = run->dead;
    free(run->note);
    free(run);
  }
  for (struct channel *channel = self.dead_channels; channel != NULL; channel = self.dead_channels) {
    self.dead_channels = channel->dead;
    buffer_free(&channel->in);
    buffer_free(&channel->out);
    free(channel);
  }
}

static void flush_all(void) {
  announce_growth();
  if (self.up != NULL) channel_flush(self.up);
  for (struct run *run = self.inside ? NULL : run_next(NULL); run != NULL; run = run_next(run))
    if (run->link != NULL && run->link->out.length > 0) channel_flush(run->link);
}

// The launcher leaves when there is neither a server nor a run; an init when its run is forgotten or written down.
static bool done(int64_t now) {
  const bool empty = run_next(NULL) == NULL;
  if (self.inside) return empty;
  if (!empty || (self.attached && !leaving)) idle_since = now;
  return leaving ? empty : now - idle_since >= IDLE_MS;
}

static void look_around(int64_t now) {
  static int64_t next_look;
  struct stat found;
  if (self.inside || now < next_look) return;
  next_look = now + LOOK_MS;
  if (leaving || (fstat(self.runs_dir, &found) == 0 && found.st_nlink > 0)) return;
  leaving = true;
  stop_all();
}

void loop(void) {
  struct epoll_event events[64];
  idle_since = monotonic_ms();
  for (int64_t now = idle_since; !done(now); now = monotonic_ms()) {
    const int64_t wait = self.next_deadline == NEVER ? LOOK_MS : self.next_deadline - now;
    const int count = epoll_wait(self.epoll, events, 64, wait < 0 ? 0 : wait < LOOK_MS ? (int)wait : LOOK_MS);
    for (int index = 0; index < count; index++) {
      struct watch *watch = events[index].data.ptr;
      if (watch->fd >= 0) watch->ready(watch, events[index].events);
    }
    now = monotonic_ms();
    fire_deadlines(now);
    look_around(now);
    flush_all();
    free_dead();
  }
}

static void drop_server(struct channel *channel) {
  if (self.up == channel) self.up = NULL, detach();
  channel_free(channel);
}

// The first frame of a connection: `hello` makes it the server's, in place of an earlier one; `end` stops every run.
static bool greet(struct channel *channel, struct fields *fields) {
  const char *name = field(fields), *version = name == NULL ? NULL : field(fields);
  if (version == NULL) return false;
  if (strcmp(name, "end") == 0) return stop_all(), true;
  if (strcmp(name, "hello") != 0) return false;
  if (self.up != NULL) self.up->watch.ready(&self.up->watch, 0);
  if (self.up != NULL) drop_server(self.up);
  self.up = channel;
  self.attached = strcmp(version, PROTOCOL_VERSION) == 0;
  const size_t start = frame_open(&channel->out);
  frame_text(&channel->out, "hello");
  frame_text(&channel->out, PROTOCOL_VERSION);
  frame_number(&channel->out, getpid());
  for (struct run *run = run_next(NULL); run != NULL; run = run_next(run)) frame_text(&channel->out, run->id);
  frame_close(&channel->out, start);
  return self.attached;
}

static void server_ready(struct watch *watch, uint32_t events) {
  (void)events;
  struct channel *channel = (struct channel *)watch;
  bool open = channel_read(channel);
  struct fields fields;
  size_t size;
  int taken;
  while ((taken = frame_take(&channel->in, &fields, &size)) == 1) {
    if (!(channel == self.up ? command(&fields, channel->in.data, size) : greet(channel, &fields))) taken = -1;
    buffer_drop(&channel->in, size);
    if (taken < 0) break;
  }
  if (taken < 0) open = false, channel_flush(channel);
  if (!open) drop_server(channel);
}

static void accept_ready(struct watch *watch, uint32_t events) {
  (void)events;
  const int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (fd < 0) return;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == geteuid() || peer.uid == 0)) channel_new(fd, server_ready);
  else close(fd);
}

// One launcher per socket: whoever holds the lock beside it.
static int listen_on(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  char lock[sizeof address.sun_path + 8];
  if (strlen(path) >= sizeof address.sun_path) return errno = ENAMETOOLONG, -1;
  strcpy(address.sun_path, path);
  snprintf(lock, sizeof lock, "%s.lock", path);
  const int held = open(lock, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (held < 0 || flock(held, LOCK_EX | LOCK_NB) != 0) return -1;
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  unlink(path);
  return fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 16) == 0 ? fd : -1;
}

static void prepare_process(int argc, char **argv) {
  for (int fd = open("/dev/null", O_RDWR); fd >= 0 && fd < 3; fd = open("/dev/null", O_RDWR)) continue;
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  signal(SIGPIPE, SIG_IGN);
  umask(022);
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  self.title = argv[0];
  self.title_bytes = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) - argv[0]) + 1;
  if (chdir("/") != 0) exit(1);
}

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "procreg-launcher SOCKET RUNS\n"), 2;
  char *socket_path = strdup(argv[1]);
  self.runs_dir = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self.runs_dir < 0) return fprintf(stderr, "procreg-launcher: %s: %s\n", argv[2], strerror(errno)), 1;
  prepare_process(argc, argv);
  loop_prepare();
  listener = (struct watch){.fd = listen_on(socket_path), .ready = accept_ready};
  if (listener.fd < 0) return fprintf(stderr, "procreg-launcher: %s: %s\n", socket_path, strerror(errno)), 1;
  watch_add(&listener, EPOLLIN);
  loop();
  unlink(socket_path);
  return 0;
}
