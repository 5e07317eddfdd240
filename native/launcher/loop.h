// The event loop: watched descriptors, deadlines, the clocks. The files that use the loop set the hooks of a turn.
#ifndef PROCREG_LOOP_H
#define PROCREG_LOOP_H

#include "base.h"
#include <sys/signalfd.h>

struct run;
struct watch { int fd; void (*ready)(struct watch *, uint32_t); struct run *run; bool watched; };

// The hooks that a turn of the loop calls.
struct turn {
  bool (*done)(int64_t now);
  int64_t (*due)(void);                    // the next time at which after_events has something to do; NEVER: none
  void (*after_events)(int64_t now);
  void (*signalled)(const struct signalfd_siginfo *);
  void (*children_changed)(void);
};
extern struct turn turn;

bool loop_prepare(void);
void loop(void);
bool watch_add(struct watch *);            // false with errno
void watch_events(struct watch *, bool writable); // also called when the descriptor can be written
void watch_silence(struct watch *);        // no more events; the descriptor stays open
void watch_remove(struct watch *);         // also closes the descriptor
void deadline(int64_t at);                 // the loop wakes at this time
bool deadline_reached(int64_t now);        // also begins to collect the next deadline
int64_t monotonic_ms(void);
int64_t wall_ms(void);

#endif
