// The life of a run under supervision: what it writes, its deadlines, its end.
#include "launcher.h"

#include <sys/stat.h>
#include <sys/wait.h>

#define DRAIN_READS 256                    // enough for a full pipe, and for a terminal, which gives a line or a page at a time
#define SWEEP_MS 500                       // how soon after an end what it left behind is looked for

#define BUCKETS 1024
static struct run *by_id[BUCKETS], *by_pid[BUCKETS];
static unsigned buckets = BUCKETS;
static size_t count;
static int64_t sweep_at = NEVER;
static char chunk[256 << 10];

size_t run_count(void) { return count; }

static unsigned hash(const char *id) {
  unsigned sum = 5381;
  while (*id != 0) sum = sum * 33 + (unsigned char)*id++;
  return sum % buckets;
}

struct run *run_new(const struct request *request) {
  struct run *run = calloc(1, sizeof *run);
  if (run == NULL) abort();
  strcpy(run->id, request->id);
  run->note = strdup(request->note);
  if (run->note == NULL) abort();
  run->input = run->own_log = run->streams[0].fd = run->streams[1].fd = -1;
  for (int index = 0; index < PIPES; index++) run->pipes[index] = -1;
  run->timeout_at = run->kill_at = run->spill_at = NEVER;
  run->reason = "";
  run->uid = request->uid;
  run->grace_ms = request->grace_ms;
  run->stop_signal = (int)request->stop_signal;
  run->limit = (uint64_t)request->output_limit;
  run->text[0].is = run->text[1].is = true;
  run->by_id = by_id[hash(run->id)];
  by_id[hash(run->id)] = run;
  count++;
  return run;
}

// One that is forgotten may still be going, while another attempt begins under the same id.
struct run *run_find(const char *id) {
  struct run *run = by_id[hash(id)];
  while (run != NULL && (run->forgotten || strcmp(run->id, id) != 0)) run = run->by_id;
  return run;
}

struct run *run_next(struct run *run) {
  if (run != NULL && run->by_id != NULL) return run->by_id;
  for (unsigned bucket = run == NULL ? 0 : hash(run->id) + 1; bucket < buckets; bucket++)
    if (by_id[bucket] != NULL) return by_id[bucket];
  return NULL;
}

void run_by_pid(struct run *run, pid_t pid) {
  run->pid = pid;
  run->by_pid = by_pid[pid % buckets];
  by_pid[pid % buckets] = run;
}

// In an init: the launcher's other runs are none of its own. The tables stay as they are, or their pages would be copied.
void run_only(struct run *run) {
  buckets = 1;
  count = 1;
  by_id[0] = run;
  by_pid[0] = run->by_id = self.grown = NULL;
}

static void forget_pid(struct run *run) {
  struct run **place = &by_pid[run->pid % buckets];
  while (*place != NULL && *place != run) place = &(*place)->by_pid;
  if (*place == run) *place = run->by_pid;
}

// Freed by the loop once no event of this turn can name it any more.
void run_drop(struct run *run) {
  struct run **place = &by_id[hash(run->id)];
  while (*place != run) place = &(*place)->by_id;
  *place = run->by_id;
  count--;
  if (run->grown) {
    for (place = &self.grown; *place != run; place = &(*place)->next_grown) continue;
    *place = run->next_grown;
  }
  if (run->pid > 0) forget_pid(run);
  for (int stream = 0; stream < 2; stream++) watch_remove(&run->streams[stream]);
  if (run->input >= 0) close(run->input);
  close_pipes(run);
  if (run->own_log >= 0) close(run->own_log);
  if (run->link != NULL) channel_free(run->link);
  buffer_free(&run->log);
  run->dead = self.dead_runs;
  self.dead_runs = run;
}

static void signal_all(struct run *run, int signal) {
  if (run->exited) return;
  kill(self.inside ? -1 : -run->pid, signal);
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

// False when nothing more comes now.
static bool read_stream(struct run *run, int stream) {
  const ssize_t length = read(run->streams[stream].fd, chunk, sizeof chunk);
  if (length > 0) take(run, stream, (size_t)length);
  else if (length == 0 || (errno != EAGAIN && errno != EINTR)) {
    // the end of a terminal's master would hang up a program that has only let go of its terminal
    if (run->tty && !run->exited) watch_silence(&run->streams[stream]);
    else watch_remove(&run->streams[stream]);
  }
  return length > 0;
}

static void stdout_ready(struct watch *watch, uint32_t events) { (void)events, read_stream(watch->run, 0); }
static void stderr_ready(struct watch *watch, uint32_t events) { (void)events, read_stream(watch->run, 1); }

bool run_watch(struct run *run, int stream, int fd) {
  run->streams[stream] = (struct watch){.fd = fd, .ready = stream == 0 ? stdout_ready : stderr_ready, .run = run};
  return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 && watch_add(&run->streams[stream]);
}

void run_supervise(struct run *run, const struct request *request) {
  const int64_t now = monotonic_ms();
  run->spill_at = now + SPILL_AFTER_MS;
  if (request->timeout_ms > 0) run->timeout_at = now + request->timeout_ms;
  deadline(run->spill_at);
  deadline(run->timeout_at);
}

void run_grew(struct run *run) {
  if (!run->followed || run->grown) return;
  run->grown = true;
  run->next_grown = self.grown;
  self.grown = run;
}

// What it wrote is read, but not to the end of its pipes: a grandchild that escaped may hold them for ever and go on writing.
static void finish(struct run *run) {
  for (int stream = 0; stream < 2; stream++) {
    for (int left = DRAIN_READS; left > 0 && run->streams[stream].fd >= 0 && read_stream(run, stream); left--) continue;
    watch_remove(&run->streams[stream]);
  }
  close_pipes(run);
  run->ended_ms = wall_ms();
  run->ended = true;
  self.clean = self.serves && self.attached;
  if (self.clean) take_title(NULL), tell(VALUES(T("clean"), T(run->id)));
  if (self.attached) tell_ended(run);
  else if (output_leave(run)) run_drop(run);
}

static struct run *find_pid(pid_t pid) {
  struct run *run = by_pid[pid % buckets];
  while (run != NULL && run->pid != pid) run = run->by_pid;
  return run;
}

static void exited(struct run *run, pid_t pid) {
  // while it is not reaped, nobody else can have its number
  if (!self.inside) kill(-pid, SIGKILL);
  wait4(pid, &run->status, 0, &run->usage);
  forget_pid(run);
  run->exited = true;
  run->timeout_at = run->kill_at = run->spill_at = NEVER;
  if (self.inside) {
    kill(-1, SIGKILL);
    return;
  }
  if (run->uid > 0 && sweep_at == NEVER) deadline(sweep_at = monotonic_ms() + SWEEP_MS);
  finish(run);
}

// Orphans of our runs come to us as well; an init's end is heard of on its link. Inside, the end is told when no process is left.
void reap(void) {
  siginfo_t info = {0};
  while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0) {
    if (info.si_pid == 0) return;
    struct run *run = find_pid(info.si_pid);
    if (run != NULL && run->link == NULL) exited(run, info.si_pid);
    else waitpid(info.si_pid, NULL, 0);
    info.si_pid = 0;
  }
  struct run *own = self.inside ? run_next(NULL) : NULL;
  if (own != NULL && own->exited && !own->ended) finish(own);
}

static bool has_run(uid_t uid) {
  for (struct run *run = run_next(NULL); run != NULL; run = run_next(run))
    if (!run->exited && run->uid == (long long)uid) return true;
  return false;
}

// Level process: what a program left behind outside of its group is our child now, under the uid that the run had to itself.
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
    if (find_pid(pid) != NULL || stat(path, &found) != 0 || found.st_uid == self.uid || has_run(found.st_uid)) continue;
    kill(pid, SIGKILL);
    // its children come to us next
    deadline(sweep_at = monotonic_ms() + SWEEP_MS);
  }
}

static int64_t earlier(int64_t one, int64_t other) { return one < other ? one : other; }

// A look at every run, but only when something is due for one of them.
void fire_deadlines(int64_t now) {
  if (now < self.next_deadline) return;
  self.next_deadline = NEVER;
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
