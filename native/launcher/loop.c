// The event loop: it calls the watches that are ready, wakes at deadlines, and gets signals as events.
#include "loop.h"

#include <sys/epoll.h>
#include <time.h>

#define LOOK_MS 2000                       // the longest time between two turns

struct turn turn;
static int epoll = -1;
static int64_t next_deadline = NEVER;
static struct watch signals;

static int64_t clock_ms(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t monotonic_ms(void) { return clock_ms(CLOCK_MONOTONIC); }
int64_t wall_ms(void) { return clock_ms(CLOCK_REALTIME); }

void deadline(int64_t at) {
  if (at < next_deadline) next_deadline = at;
}

bool deadline_reached(int64_t now) {
  if (now < next_deadline) return false;
  next_deadline = NEVER;
  return true;
}

bool watch_add(struct watch *watch) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = watch};
  return watch->watched = epoll_ctl(epoll, EPOLL_CTL_ADD, watch->fd, &event) == 0;
}

void watch_events(struct watch *watch, bool writable) {
  struct epoll_event event = {.events = writable ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = watch};
  epoll_ctl(epoll, EPOLL_CTL_MOD, watch->fd, &event);
}

void watch_silence(struct watch *watch) {
  if (watch->watched) epoll_ctl(epoll, EPOLL_CTL_DEL, watch->fd, NULL);
  watch->watched = false;
}

// Removes the descriptor from epoll before it is closed: a child that has just been started may still hold a copy.
void watch_remove(struct watch *watch) {
  if (watch->fd < 0) return;
  watch_silence(watch);
  close(watch->fd);
  watch->fd = -1;
}

static void signal_ready(struct watch *watch, uint32_t events) {
  (void)events;
  // each of the four signals waits once only, so one read takes them all
  struct signalfd_siginfo infos[4];
  const ssize_t length = read(watch->fd, infos, sizeof infos);
  for (ssize_t index = 0; index < length / (ssize_t)sizeof *infos; index++)
    if (infos[index].ssi_signo != SIGCHLD) turn.signalled(&infos[index]);
  turn.children_changed();
}

bool loop_prepare(void) {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGCHLD);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGINT);
  sigaddset(&wanted, SIGUSR1);
  sigprocmask(SIG_BLOCK, &wanted, NULL);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  signals = (struct watch){.fd = signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC), .ready = signal_ready};
  return epoll >= 0 && watch_add(&signals);
}

void loop(void) {
  struct epoll_event events[64];
  for (int64_t now = monotonic_ms(); !turn.done(now); now = monotonic_ms()) {
    const int64_t due = turn.due(), next = due < next_deadline ? due : next_deadline;
    const int64_t wait = next == NEVER ? LOOK_MS : next - now;
    const int count = epoll_wait(epoll, events, 64, wait < 0 ? 0 : wait < LOOK_MS ? (int)wait : LOOK_MS);
    for (int index = 0; index < count; index++) {
      struct watch *watch = events[index].data.ptr;
      if (watch->fd >= 0) watch->ready(watch, events[index].events);
    }
    turn.after_events(monotonic_ms());
  }
}
