// Inits that rest: one whose run left nothing behind serves the next run of the same user and folder, since making one costs as much as a program.
#include "launcher.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static struct channel *resting;

// The folder of the POSIX message queues of our IPC namespace, mounted nowhere; -1 where that can't be had.
static int open_queues(void) {
#ifdef SYS_fsopen
  const int context = (int)syscall(SYS_fsopen, "mqueue", 1u /* FSOPEN_CLOEXEC */);
  const bool made = context >= 0 && syscall(SYS_fsconfig, context, 6u /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0) == 0;
  const int mounted = made ? (int)syscall(SYS_fsmount, context, 1u /* FSMOUNT_CLOEXEC */, 0u) : -1;
  const int folder = mounted < 0 ? -1 : openat(mounted, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (context >= 0) close(context);
  if (mounted >= 0) close(mounted);
  return folder;
#else
  return -1;
#endif
}

static bool has_no_queue(void) {
  static int folder = -1;
  char entries[256];
  const long none = 2 * 24; // "." and ".."
  if (folder < 0 && (folder = open_queues()) < 0) return false;
  if (lseek(folder, 0, SEEK_SET) != 0) return false;
  return syscall(SYS_getdents64, folder, entries, sizeof entries) == none;
}

// In an init, when no process is left: what could still be met by a later run is its System V and POSIX queues, semaphores and shared memory.
// A program of the init's own user may have changed the init itself (prlimit).
bool leaves_nothing(const struct run *run) {
  if (run->uid <= 0) return false;
  struct shm_info memory;
  struct seminfo semaphores;
  struct msginfo messages;
  const bool counted = shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&memory) >= 0 && semctl(0, 0, SEM_INFO, &semaphores) >= 0 &&
                       msgctl(0, MSG_INFO, (struct msqid_ds *)(void *)&messages) >= 0;
  return counted && memory.used_ids == 0 && semaphores.semusz == 0 && messages.msgpool == 0 && has_no_queue();
}

static void add_masks(struct buffer *masks, const struct request *request) {
  for (char **mask = request->masks; *mask != NULL; mask++) buffer_add(masks, *mask, strlen(*mask) + 1);
}

struct init *init_new(const struct request *request) {
  const int folder = request->uid <= 0 || *request->keep == 0 ? -1 : open(request->keep, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return NULL;
  struct init *init = calloc(1, sizeof *init);
  if (init == NULL) abort();
  init->uid = request->uid;
  init->folder = folder;
  init->begun = self.begun_count;
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

// The folder itself, not its name: the one of now may have been made after that of the init was removed.
static bool serves(const struct init *init, const struct request *request, const struct stat *folder) {
  struct stat own;
  if (init->uid != request->uid || fstat(init->folder, &own) != 0) return false;
  if (own.st_dev != folder->st_dev || own.st_ino != folder->st_ino) return false;
  if (init->begun != self.begun_count || monotonic_ms() - init->born_at > SERVE_MS) return false;
  struct buffer masks = {0};
  add_masks(&masks, request);
  const bool same = masks.length == init->masks.length && (masks.length == 0 || memcmp(masks.data, init->masks.data, masks.length) == 0);
  buffer_free(&masks);
  return same;
}

// Only what an init can open itself: files of DATA_DIR are hidden from it, and the server opens a stdin that is held through the launcher.
static bool is_simple(const struct request *request) {
  return *request->pipes == NULL && request->rows == 0 && (strcmp(request->input, "empty") == 0 || strcmp(request->input, "inline") == 0);
}

bool rest_take(const struct request *request, struct run *run, const char *frame, size_t size) {
  struct stat folder;
  if (resting == NULL || !is_simple(request) || stat(request->keep, &folder) != 0) return false;
  for (struct channel **place = &resting; *place != NULL; place = &(*place)->init->next) {
    struct channel *link = *place;
    if (!serves(link->init, request, &folder)) continue;
    *place = link->init->next;
    link->watch.run = run;
    run->link = link;
    run_by_pid(run, link->init->pid);
    buffer_add(&link->out, frame, size);
    channel_flush(link);
    return true;
  }
  return false;
}

void rest(struct run *run) {
  struct channel *link = run->link;
  run->link = NULL;
  run_drop(run);
  link->watch.run = NULL;
  link->init->clean = false;
  link->init->rests_at = monotonic_ms();
  link->init->next = resting;
  resting = link;
  size_t count = 0;
  for (struct channel **place = &resting; *place != NULL; place = &(*place)->init->next)
    if (++count > RESTING) return rest_gone(*place);
}

void rest_gone(struct channel *link) {
  channel_flush(link);
  struct channel **place = &resting;
  while (*place != NULL && *place != link) place = &(*place)->init->next;
  if (*place == link) *place = link->init->next;
  channel_free(link);
}

void rest_flush(void) {
  for (struct channel *link = resting; link != NULL; link = link->init->next)
    if (link->out.length > 0) channel_flush(link);
}

void rest_end(int64_t before) {
  for (struct channel *link = resting, *next; link != NULL; link = next) {
    next = link->init->next;
    if (link->init->rests_at < before) rest_gone(link);
  }
}
