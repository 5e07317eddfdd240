// The state of this process, and its command line, by which others find it.
#include "launcher.h"

struct launcher launcher = {.runs_dir = -1, .begun = -1, .nothing = -1, .ruleset = -1};
void (*child_ready)(struct watch *, uint32_t);
void (*parent_ready)(struct watch *, uint32_t);
bool (*other_ended)(pid_t);

static void title_fill(size_t length) {
  if (length < launcher.title_bytes) memset(launcher.title + length, 0, launcher.title_bytes - length);
}

// Sets our command line: a later server finds an init by the id of its run, and an init that rests, or has no name yet, by its folder.
void title_set(const struct run *run) {
  const size_t length = (size_t)(run == NULL ? snprintf(launcher.title, launcher.title_bytes, "procreg-init%crests%c%s", 0, 0, launcher.runs_path)
                                             : snprintf(launcher.title, launcher.title_bytes, "procreg-init %s", run->id));
  title_fill(length);
}

// A later server waits for a starter with the folder in its name: it has yet to write down which runs it has.
void title_starter(void) {
  title_fill((size_t)(launcher.parent == NULL ? snprintf(launcher.title, launcher.title_bytes, "procreg-starter%calone", 0)
                                              : snprintf(launcher.title, launcher.title_bytes, "procreg-starter%cserves%c%s", 0, 0, launcher.runs_path)));
}
