// The pool of resting inits: an init whose run has ended serves the next run of the same user and folder. Without the pool a quarter of the runs per
// second is lost at level pidns (869 instead of 1148): creating an init costs as much as a program.
#include "init-pool.h"
#include "run.h"

#include <sys/stat.h>

#define RESTING 32                         // the most inits that wait for another run
#define SERVE_MS 30000                     // an older init gets no further run: it keeps the mounts of the time of its creation

static struct channel *resting;

static void add_masks(struct buffer *masks, const struct request *request) {
  for (char **mask = request->masks; *mask != NULL; mask++) buffer_add(masks, *mask, strlen(*mask) + 1);
}

// NULL for a run that needs an init for itself. A user shared with another run may share more with it than a later run should see.
// A user that is also the init's may change the init. The memory of a large frame would count as a later program's. Each start of a service must have its own init pid.
struct init *init_new(const struct request *request) {
  const bool may = request->own && request->uid > 0 && request->hold == 0 && *request->keep != 0 && request->size <= HANDED_BYTES;
  const int folder = may ? open(request->keep, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
  if (folder < 0) return NULL;
  struct init *init = calloc(1, sizeof *init);
  if (init == NULL) abort();
  init->uid = request->uid;
  init->folder = folder;
  init->begun = launcher.begun_count;
  init->born_at = monotonic_ms();
  add_masks(&init->masks, request);
  return init;
}

void init_free(struct init *init) {
  if (init == NULL) return;
  close(init->folder);
  buffer_free(&init->masks);
  free(init);
}

static bool is_old(const struct init *init) {
  return init->begun != launcher.begun_count || monotonic_ms() - init->born_at > SERVE_MS;
}

// Compares the folder itself, not its name: the current folder may have been created after the folder of the init was removed.
static bool serves(const struct init *init, const struct request *request, const struct stat *folder) {
  struct stat own;
  if (!request->own || init->uid != request->uid || fstat(init->folder, &own) != 0) return false;
  if (own.st_dev != folder->st_dev || own.st_ino != folder->st_ino) return false;
  if (is_old(init)) return false;
  struct buffer masks = {0};
  add_masks(&masks, request);
  const bool same = masks.length == init->masks.length && (masks.length == 0 || memcmp(masks.data, init->masks.data, masks.length) == 0);
  buffer_free(&masks);
  return same;
}

// Only inputs that an init can open itself: files of DATA_DIR are hidden from the init, and the server opens a held stdin through the launcher.
static bool is_simple(const struct request *request) {
  return *request->pipes == NULL && request->hold == 0 && request->rows == 0 && request->size <= HANDED_BYTES &&
         (strcmp(request->input, "empty") == 0 || strcmp(request->input, "inline") == 0);
}

bool rest_take(const struct request *request, struct run *run) {
  struct stat folder;
  if (resting == NULL || !is_simple(request) || stat(request->keep, &folder) != 0) return false;
  for (struct channel **place = &resting; *place != NULL; place = &(*place)->init->next) {
    struct channel *child = *place;
    if (!serves(child->init, request, &folder)) continue;
    *place = child->init->next;
    child->watch.run = run;
    run->child = child;
    run_by_pid(run, child->init->pid);
    buffer_add(&child->out, request->frame, request->size);
    channel_flush(child);
    return true;
  }
  return false;
}

void rest(struct run *run) {
  struct channel *child = run->child;
  run->child = NULL;
  run_drop(run);
  child->watch.run = NULL;
  if (is_old(child->init)) return rest_gone(child);
  child->init->clean = false;
  child->init->rests_at = monotonic_ms();
  child->init->next = resting;
  resting = child;
  size_t count = 0;
  for (struct channel **place = &resting; *place != NULL; place = &(*place)->init->next)
    if (++count > RESTING) return rest_gone(*place);
}

void rest_gone(struct channel *child) {
  channel_flush(child);
  struct channel **place = &resting;
  while (*place != NULL && *place != child) place = &(*place)->init->next;
  if (*place == child) *place = child->init->next;
  channel_free(child);
}

void rest_flush(void) {
  for (struct channel *child = resting; child != NULL; child = child->init->next)
    if (child->out.length > 0) channel_flush(child);
}

void rest_forget(void) { resting = NULL; }

void rest_end(int64_t before) {
  for (struct channel *child = resting, *next; child != NULL; child = next) {
    next = child->init->next;
    if (child->init->rests_at < before) rest_gone(child);
  }
}
