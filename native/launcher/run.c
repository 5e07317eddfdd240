// The life of a supervised run: its output, its deadlines, its end.
#include "run.h"
#include "output.h"
#include "young.h"

#include <sys/stat.h>
#include <sys/wait.h>

#define SPILL_AFTER_MS 1000                // a run that lives longer keeps its log in its control directory
#define DRAIN_READS 256                    // enough for a full pipe, and for a terminal, which returns a line or a page at a time
#define SWEEP_MS 500                       // how soon after the end of a run its remaining processes are looked for

static int64_t sweep_at = NEVER;
static char chunk[256 << 10];

static void signal_all(struct run *run, int signal) {
  if (run->exited) return;
  kill(launcher.inside ? -1 : -run->pid, signal);
  // without a session of its own a program may have joined another group
  if (!launcher.inside && getpgid(run->pid) != run->pid) kill(run->pid, signal);
}

void run_stop(struct run *run, const char *reason, int signal, int64_t grace_ms) {
  if (run->exited) return;
  if (*run->reason == 0) run->reason = reason;
  const int64_t kill_at = monotonic_ms() + grace_ms;
  signal_all(run, signal);
  if (kill_at < run->kill_at) run->kill_at = kill_at;
  deadline(run->kill_at);
}

static void take(struct run *run, int stream, size_t length) {
  const uint64_t room = run->limit - run->bytes[0] - run->bytes[1];
  const size_t taken = length > room ? (size_t)room : length;
  if (taken > 0) output_add(run, stream, chunk, taken);
  if (taken < length || run->write_error != 0) run_stop(run, taken < length ? "output_limit" : "", SIGKILL, 0);
}

// Reads from one stream; false when nothing more comes now.
static bool read_stream(struct run *run, int stream) {
  const ssize_t length = read(run->streams[stream].fd, chunk, sizeof chunk);
  if (length > 0) take(run, stream, (size_t)length);
  else if (length == 0 || (errno != EAGAIN && errno != EINTR)) {
    // the end of a terminal's master would hang up a program that has only let go of its terminal
    if (run->tty && !run->exited) watch_silence(&run->streams[stream]);
    else watch_remove(&run->streams[stream]);
  }
  // a pipe gives all that it has
  return run->tty ? length > 0 : length == sizeof chunk;
}

static void stdout_ready(struct watch *watch, uint32_t events) { (void)events, read_stream(watch->run, 0); }
static void stderr_ready(struct watch *watch, uint32_t events) { (void)events, read_stream(watch->run, 1); }

void run_stream(struct run *run, int stream, int fd) {
  run->streams[stream] = (struct watch){.fd = fd, .ready = stream == 0 ? stdout_ready : stderr_ready, .run = run};
  fcntl(fd, F_SETFL, O_NONBLOCK);
}

bool run_watch(struct run *run) {
  bool well = true;
  young_remove(run);
  for (int stream = 0; stream < 2; stream++)
    if (run->streams[stream].fd >= 0 && !run->streams[stream].watched) well = watch_add(&run->streams[stream]) && well;
  return well;
}

int64_t run_young_until(void) { return young_first() == NULL ? NEVER : young_first()->watch_at; }

void run_watch_due(int64_t now) {
  for (struct run *run; (run = young_first()) != NULL && run->watch_at <= now;)
    if (!run_watch(run)) run->write_error = errno, run_stop(run, "", SIGKILL, 0);
}

void run_supervise(struct run *run, const struct request *request) {
  const int64_t now = monotonic_ms();
  young_add(run);
  run->spill_at = now + SPILL_AFTER_MS;
  if (request->timeout_ms > 0) run->timeout_at = now + request->timeout_ms;
  deadline(run->spill_at);
  deadline(run->timeout_at);
}

void run_leave(struct run *run) {
  if (!output_leave(run)) return;
  if (launcher.starter) tell(VALUES(T("gone"), T(run->id)));
  run_drop(run);
}

// Reads what the program wrote, but not to the end of its pipes: a grandchild that escaped may hold them forever and keep writing.
static void finish(struct run *run) {
  young_remove(run);
  for (int stream = 0; stream < 2; stream++) {
    for (int left = DRAIN_READS; left > 0 && run->streams[stream].fd >= 0 && read_stream(run, stream); left--) continue;
    watch_remove(&run->streams[stream]);
  }
  close_pipes(run);
  run->ended_ms = wall_ms();
  run->ended = true;
  launcher.clean = launcher.serves && launcher.attached;
  if (launcher.clean) title_set(NULL), tell(VALUES(T("clean"), T(run->id)));
  if (launcher.attached) tell_ended(run);
  else run_leave(run);
}

void sweep_soon(void) {
  if (sweep_at == NEVER) deadline(sweep_at = monotonic_ms() + SWEEP_MS);
}

static void exited(struct run *run, pid_t pid) {
  // while the program is not reaped, no other process can have its pid
  if (!launcher.inside) kill(-pid, SIGKILL);
  wait4(pid, &run->status, 0, &run->usage);
  run_forget_pid(run);
  run->exited = true;
  run->timeout_at = run->kill_at = run->spill_at = NEVER;
  if (launcher.inside) {
    kill(-1, SIGKILL);
    return;
  }
  if (run->uid > 0) sweep_soon();
  finish(run);
}

// Reaps children: programs, and processes that our runs have left. The end of an init shows on its child channel. Inside, the end is reported when no process is left.
void reap(void) {
  siginfo_t info = {0};
  while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0) {
    if (info.si_pid == 0) return;
    struct run *run = run_of_pid(info.si_pid);
    if (run != NULL && run->child == NULL) exited(run, info.si_pid);
    else if (waitpid(info.si_pid, NULL, 0) == info.si_pid && other_ended != NULL) other_ended(info.si_pid);
    info.si_pid = 0;
  }
  struct run *own = launcher.inside ? run_next(NULL) : NULL;
  if (own != NULL && own->exited && !own->ended) finish(own);
}

// Level process: kills what a program left outside of its group: these processes are our children now, with a uid that only their run had.
static void sweep(void) {
  char path[64];
  struct stat found;
  snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  const ssize_t length = file < 0 ? 0 : read(file, chunk, sizeof chunk - 1);
  if (file >= 0) close(file);
  chunk[length < 0 ? 0 : length] = 0;
  char *next = chunk;
  for (pid_t pid; (pid = (pid_t)strtol(next, &next, 10)) > 0;) {
    snprintf(path, sizeof path, "/proc/%d", pid);
    if (run_of_pid(pid) != NULL || stat(path, &found) != 0 || found.st_uid == launcher.uid || run_of_user(found.st_uid)) continue;
    kill(pid, SIGKILL);
    // the children of this process become ours next
    deadline(sweep_at = monotonic_ms() + SWEEP_MS);
  }
}

static int64_t earlier(int64_t one, int64_t other) { return one < other ? one : other; }

// Looks at every run, but only when a deadline of one of them is reached.
void fire_deadlines(int64_t now) {
  if (!deadline_reached(now)) return;
  if (now >= sweep_at) sweep_at = NEVER, sweep();
  deadline(sweep_at);
  for (struct run *run = run_next(NULL); run != NULL; run = run_next(run)) {
    if (now >= run->spill_at) run->spill_at = output_spill(run) ? NEVER : now + SPILL_AFTER_MS;
    if (now >= run->timeout_at) {
      run->timeout_at = NEVER;
      tell(VALUES(T("stopping"), T(run->id)));
      run_stop(run, "timeout", run->stop_signal, run->grace_ms);
    }
    if (now >= run->kill_at) run->kill_at = NEVER, signal_all(run, SIGKILL);
    deadline(earlier(run->spill_at, earlier(run->timeout_at, run->kill_at)));
  }
}
