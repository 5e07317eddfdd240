// The queue of young runs, whose pipes are not watched yet: most programs end soon, and then all that they wrote is read at once, and the process
// is woken once only. A run that is followed is not young: nothing waits.
#include "young.h"

#define YOUNG_MS 5                         // a program that writes more than its pipe holds waits so long once

static struct run *first, **end = &first;

void young_add(struct run *run) {
  run->young = true;
  run->watch_at = monotonic_ms() + YOUNG_MS;
  run->next_young = NULL;
  *end = run;
  end = &run->next_young;
}

void young_remove(struct run *run) {
  if (!run->young) return;
  run->young = false;
  struct run **place = &first;
  while (*place != run) place = &(*place)->next_young;
  *place = run->next_young;
  if (end == &run->next_young) end = place;
}

struct run *young_first(void) { return first; }

void young_forget(void) { first = NULL, end = &first; }
