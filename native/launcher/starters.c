// Level process: a few copies of the launcher start its programs, since each start holds its process until exec. A starter supervises what it has started
// and outlives the launcher. The launcher passes frames on, and takes over the runs of a starter that was killed.
#include "starters.h"
#include "adopted.h"
#include "descriptors.h"
#include "init-pool.h"
#include "output.h"
#include "run.h"

#include <sys/prctl.h>
#include <sys/socket.h>

#define STARTERS 3                         // with eight there are no more starts per second on two cores

static struct starter {
  struct channel *channel;                 // NULL: there is none
  pid_t pid;
  unsigned begun;                          // the number of the begun list that it writes to
  unsigned starting, runs;                 // how many starts it has not answered; how many runs go on
} starters[STARTERS];

static void __attribute__((noreturn)) serve_starts(int up) {
  const int kept[] = {up, launcher.runs_dir, launcher.begun, launcher.ruleset};
  close_others(kept, sizeof kept / sizeof *kept);
  memset(starters, 0, sizeof starters);
  launcher.crowded = output_crowded();
  runs_forget();
  channels_forget();
  rest_forget();
  launcher.starter = true;
  launcher.parent = NULL;
  launcher.nothing = -1;
  launcher.held_bytes = 0;
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  if (!loop_prepare() || (launcher.parent = channel_new(up, parent_ready)) == NULL) _exit(1);
  title_starter();
  loop();
  _exit(0);
}

static struct starter *starter_of(const struct channel *channel) {
  for (struct starter *starter = starters; starter < starters + STARTERS; starter++)
    if (starter->channel == channel) return starter;
  abort();
}

static void note_told(struct starter *starter, struct run *run) {
  if (!run->told) starter->starting--;
  run->told = true;
}

static void note_end(struct starter *starter, struct run *run) {
  if (run->ended) return;
  run->ended = run->exited = true;
  run_forget_pid(run);
  starter->runs--;
}

// What a frame of a starter says of a run of its; we need it when the starter is killed.
static void note(struct starter *starter, struct run *run, const char *name, struct fields *fields) {
  long long started_ms, pid;
  if (strcmp(name, "started") == 0 && number_field(fields, 0, INT64_MAX, &started_ms) && number_field(fields, 1, INT32_MAX, &pid)) {
    note_told(starter, run);
    run->started_ms = started_ms;
    run_by_pid(run, (pid_t)pid);
  } else if (strcmp(name, "stopping") == 0) {
    run->reason = "timeout";
  } else if (strcmp(name, "ended") == 0) {
    note_end(starter, run);
  } else if (strcmp(name, "failed") == 0 || strcmp(name, "gone") == 0) {
    note_told(starter, run);
    note_end(starter, run);
    run_drop(run);
  }
}

// The server gets the frames of a starter unchanged, except for growth: that is told by us, once for each run however long the server stalls.
static bool from_starter(struct channel *channel, struct fields *fields, const char *frame, size_t size) {
  const char *name = field(fields), *id = name == NULL ? NULL : field(fields);
  struct run *run = id == NULL ? NULL : run_find(id);
  if (run == NULL || run->child != channel) return true;
  long long bytes;
  if (strcmp(name, "log") == 0 && number_field(fields, 0, INT64_MAX, &bytes)) {
    run->log_size = (uint64_t)bytes;
    run_grew(run);
    return true;
  }
  if (launcher.attached) buffer_add(&launcher.parent->out, frame, size);
  note(starter_of(channel), run, name, fields);
  return true;
}

// What it still says at its end is read when it is reaped: only then are its programs our children.
static void starter_ready(struct watch *watch, uint32_t events) {
  struct channel *channel = (struct channel *)watch;
  (void)events;
  channel_flush(channel);
  if (!channel_take(channel, from_starter)) watch_silence(watch);
}

bool starter_ended(pid_t pid) {
  struct starter *starter = starters;
  while (starter < starters + STARTERS && (starter->channel == NULL || starter->pid != pid)) starter++;
  if (starter == starters + STARTERS) return false;
  channel_take(starter->channel, from_starter);
  for (struct run *run = run_next(NULL), *next; run != NULL; run = next) {
    next = run_next(run);
    if (run->child == starter->channel) adopt_orphan(run);
  }
  channel_free(starter->channel);
  *starter = (struct starter){0};
  // a program of whose start nobody has heard has no run, but a user
  sweep_soon();
  return true;
}

static bool make(struct starter *starter) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) return false;
  const pid_t pid = fork();
  if (pid == 0) serve_starts(ends[1]);
  close(ends[1]);
  if (pid < 0) return close(ends[0]), false;
  // without us it leaves by itself
  struct channel *channel = channel_new(ends[0], starter_ready);
  if (channel == NULL) return false;
  channel->shared = true;
  *starter = (struct starter){.channel = channel, .pid = pid, .begun = launcher.begun_count};
  return true;
}

// The one with the fewest starts under way; while all have one, there is another starter for the next, up to the limit.
static struct starter *choose(void) {
  struct starter *best = NULL, *missing = NULL;
  for (struct starter *one = starters; one < starters + STARTERS; one++) {
    if (one->channel == NULL) missing = one;
    else if (!one->channel->watch.watched) continue;
    else if (best == NULL || one->starting < best->starting || (one->starting == best->starting && one->runs < best->runs)) best = one;
  }
  if (missing != NULL && (best == NULL || best->starting > 0) && make(missing)) return missing;
  return best;
}

// The server opens a stdin that it writes to by our number of the descriptor: such a program is our own child.
bool starters_take(const struct request *request, struct run *run) {
  if (launcher.starter || strcmp(request->input, "live") == 0 || strcmp(request->input, "held") == 0) return false;
  struct starter *starter = choose();
  if (starter == NULL) return false;
  if (starter->begun != launcher.begun_count) frame_add(&starter->channel->out, VALUES(T("begun"), T("")));
  starter->begun = launcher.begun_count;
  starter->starting++;
  starter->runs++;
  run->child = starter->channel;
  run->timeout_ms = request->timeout_ms;
  buffer_add(&starter->channel->out, request->frame, request->size);
  return true;
}

void starters_tell(const char *what) {
  for (struct starter *starter = starters; starter < starters + STARTERS; starter++)
    if (starter->channel != NULL) frame_add(&starter->channel->out, VALUES(T(what), T("")));
}

void starters_flush(void) {
  static bool crowded;
  if (!launcher.starter && crowded != output_crowded()) starters_tell((crowded = !crowded) ? "crowded" : "roomy");
  for (struct starter *starter = starters; starter < starters + STARTERS; starter++)
    if (starter->channel != NULL && starter->channel->out.length > 0) channel_flush(starter->channel);
}
