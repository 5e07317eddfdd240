// The life of a run under supervision: what it writes, its deadlines, its end.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher.h"

#define BUCKETS 1024
static struct run *by_id[BUCKETS], *by_pid[BUCKETS];
static char chunk[256 << 10];

static unsigned hash(const char *id) {
  unsigned sum = 5381;
  while (*id != 0) sum = sum * 33 + (unsigned char)*id++;
  return sum % BUCKETS;
}

struct run *run_new(const struct request *request) {
  struct run *run = calloc(1, sizeof *run);
  if (run == NULL) abort();
  strcpy(run->id, request->id);
  run->note = strdup(request->note);
  run->input = run->own_log = run->streams[0].fd = run->streams[1].fd = -1;
  run->timeout_at = run->kill_at = run->spill_at = NEVER;
  run->reason = "";
  run->grace_ms = request->grace_ms;
  run->limit = (uint64_t)request->output_limit;
  run->text[0].is = run->text[1].is = true;
  run->by_id = by_id[hash(run->id)];
  by_id[hash(run->id)] = run;
  return run;
}

struct run *run_find(const char *id) {
  struct run *run = by_id[hash(id)];
  while (run != NULL && strcmp(run->id, id) != 0) run = run->by_id;
  return run;
}

struct run *run_next(struct run *run) {
  if (run != NULL && run->by_id != NULL) return run->by_id;
  for (unsigned bucket = run == NULL ? 0 : hash(run->id) + 1; bucket < BUCKETS; bucket++)
    if (by_id[bucket] != NULL) return by_id[bucket];
  return NULL;
}

void run_by_pid(struct run *run, pid_t pid) {
  run->pid = pid;
  run->by_pid = by_pid[pid % BUCKETS];
  by_pid[pid % BUCKETS] = run;
}

// In an init: the launcher's other runs are none of its own.
void run_only(struct run *run) {
  memset(by_id, 0, sizeof by_id);
  memset(by_pid, 0, sizeof by_pid);
  run->by_id = NULL;
  by_id[hash(run->id)] = run;
}

static void forget_pid(struct run *run) {
  struct run **place = &by_pid[run->pid % BUCKETS];
  while (*place != NULL && *place != run) place = &(*place)->by_pid;
  if (*place == run) *place = run->by_pid;
}

// Freed by the loop once no event of this turn can name it any more.
void run_drop(struct run *run) {
  struct run **place = &by_id[hash(run->id)];
  while (*place != run) place = &(*place)->by_id;
  *place = run->by_id;
  if (run->pid > 0) forget_pid(run);
  for (int stream = 0; stream < 2; stream++) watch_remove(&run->streams[stream]);
  if (run->input >= 0) close(run->input);
  if (run->own_log >= 0) close(run->own_log);
  if (run->link != NULL) channel_free(run->link);
  buffer_free(&run->log);
  run->dead = self.dead;
  self.dead = run;
}

void run_signal_all(struct run *run, int signal) {
  if (run->exited) return;
  kill(self.inside ? -1 : -run->pid, signal);
}

void run_stop(struct run *run, const char *reason, int signal, int64_t grace_ms) {
  if (run->exited) return;
  if (*run->reason == 0) run->reason = reason;
  const int64_t kill_at = monotonic_ms() + grace_ms;
  run_signal_all(run, signal);
  if (kill_at < run->kill_at) run->kill_at = kill_at;
  deadline(run->kill_at);
}

static void take(struct run *run, int stream, size_t length) {
  const uint64_t room = run->limit - run->bytes[0] - run->bytes[1];
  const size_t taken = length > room ? (size_t)room : length;
  if (taken > 0) output_add(run, stream, chunk, taken);
  if (taken < length || run->write_error != 0) run_stop(run, taken < length ? "output_limit" : "", SIGKILL, 0);
}

// False when nothing more comes now.
static bool read_stream(struct run *run, int stream) {
  const ssize_t length = read(run->streams[stream].fd, chunk, sizeof chunk);
  if (length > 0) take(run, stream, (size_t)length);
  else if (length == 0 || (errno != EAGAIN && errno != EINTR)) watch_remove(&run->streams[stream]);
  return length > 0;
}

static void stdout_ready(struct watch *watch, uint32_t events) { (void)events, read_stream(watch->run, 0); }
static void stderr_ready(struct watch *watch, uint32_t events) { (void)events, read_stream(watch->run, 1); }

void run_supervise(struct run *run, const struct request *request) {
  const int64_t now = monotonic_ms();
  for (int stream = 0; stream < 2; stream++) {
    run->streams[stream].run = run;
    run->streams[stream].ready = stream == 0 ? stdout_ready : stderr_ready;
    if (run->streams[stream].fd >= 0) watch_add(&run->streams[stream], EPOLLIN);
  }
  run->spill_at = now + SPILL_AFTER_MS;
  if (request->timeout_ms > 0) run->timeout_at = now + request->timeout_ms;
  deadline(run->spill_at);
  deadline(run->timeout_at);
}

void run_follow(struct run *run) {
  run->followed = run->grew = self.growth = true;
  output_spill(run);
}

// All that it wrote is read, not until the end of the pipe: a grandchild that escaped may hold it for ever.
static void finish(struct run *run) {
  for (int stream = 0; stream < 2; stream++) {
    while (run->streams[stream].fd >= 0 && read_stream(run, stream)) continue;
    watch_remove(&run->streams[stream]);
  }
  run->timeout_at = run->kill_at = run->spill_at = NEVER;
  run->ended_ms = wall_ms();
  run->ended = true;
  if (self.attached) tell_ended(run);
  else output_leave(run), run_drop(run);
}

static void exited(struct run *run, pid_t pid) {
  // while it is not reaped, nobody else can have its number
  if (!self.inside) kill(-pid, SIGKILL);
  wait4(pid, &run->status, 0, &run->usage);
  forget_pid(run);
  run->exited = true;
  if (self.inside) kill(-1, SIGKILL);
  finish(run);
}

// Orphans of our runs come to us as well; an init's end is heard of on its link.
void reap(void) {
  siginfo_t info;
  for (;;) {
    info.si_pid = 0;
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
    struct run *run = by_pid[info.si_pid % BUCKETS];
    while (run != NULL && run->pid != info.si_pid) run = run->by_pid;
    if (run != NULL && run->link == NULL) exited(run, info.si_pid);
    else waitpid(info.si_pid, NULL, 0);
  }
}

static int64_t earlier(int64_t one, int64_t other) { return one < other ? one : other; }

void fire_deadlines(int64_t now) {
  if (now < self.next_deadline) return;
  self.next_deadline = NEVER;
  for (struct run *run = run_next(NULL); run != NULL; run = run_next(run)) {
    if (now >= run->spill_at) run->spill_at = NEVER, output_spill(run);
    if (now >= run->timeout_at) {
      run->timeout_at = NEVER;
      tell(run, "stopping");
      run_stop(run, "timeout", SIGTERM, run->grace_ms);
    }
    if (now >= run->kill_at) run->kill_at = NEVER, run_signal_all(run, SIGKILL);
    deadline(earlier(run->spill_at, earlier(run->timeout_at, run->kill_at)));
  }
}
