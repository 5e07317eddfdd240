// The runs of this process: found by their id and by the pid of their program, and freed once no event can name them.
#include "run-table.h"
#include "young.h"

#define BUCKETS 1024
static struct run *by_id[BUCKETS], *by_pid[BUCKETS];
static unsigned buckets = BUCKETS;
static size_t count;
static struct run *dead;

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

// A forgotten run may still be ending, while another attempt begins with the same id.
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

// In an init: drops the launcher's other runs. The tables stay unchanged, or their pages would be copied.
void run_only(struct run *run) {
  buckets = 1;
  count = 1;
  by_id[0] = run;
  by_pid[0] = run->by_id = launcher.grown = dead = NULL;
  young_forget();
}

void runs_forget(void) {
  memset(by_id, 0, sizeof by_id);
  memset(by_pid, 0, sizeof by_pid);
  count = 0;
  launcher.grown = dead = NULL;
  young_forget();
}

void run_forget_pid(struct run *run) {
  struct run **place = &by_pid[run->pid % buckets];
  while (*place != NULL && *place != run) place = &(*place)->by_pid;
  if (*place == run) *place = run->by_pid;
}

void close_pipes(struct run *run) {
  for (int index = 0; index < PIPES; index++) {
    if (run->pipes[index] >= 0) close(run->pipes[index]);
    run->pipes[index] = -1;
  }
}

// The loop frees the run at the end of the turn, when no event can refer to it any more.
void run_drop(struct run *run) {
  struct run **place = &by_id[hash(run->id)];
  while (*place != run) place = &(*place)->by_id;
  *place = run->by_id;
  count--;
  if (run->grown) {
    for (place = &launcher.grown; *place != run; place = &(*place)->next_grown) continue;
    *place = run->next_grown;
  }
  if (run->pid > 0) run_forget_pid(run);
  young_remove(run);
  for (int stream = 0; stream < 2; stream++) watch_remove(&run->streams[stream]);
  if (run->input >= 0) close(run->input);
  close_pipes(run);
  if (run->own_log >= 0) close(run->own_log);
  if (run->child != NULL && !run->child->shared) channel_free(run->child);
  buffer_free(&run->log);
  run->dead = dead;
  dead = run;
}

void runs_sweep(void) {
  for (struct run *run = dead; run != NULL; run = dead) {
    dead = run->dead;
    free(run->note);
    free(run);
  }
}

struct run *run_of_pid(pid_t pid) {
  struct run *run = by_pid[pid % buckets];
  while (run != NULL && run->pid != pid) run = run->by_pid;
  return run;
}

bool run_of_user(uid_t uid) {
  for (struct run *run = run_next(NULL); run != NULL; run = run_next(run))
    if (!run->exited && run->uid == (long long)uid) return true;
  return false;
}
