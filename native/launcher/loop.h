// The event loop: watched descriptors, deadlines, the clocks. What it does for those above it, they tell it to.
#ifndef PROCREG_LOOP_H
#define PROCREG_LOOP_H

#include "base.h"
#include <sys/signalfd.h>

struct run;
struct watch { int fd; void (*ready)(struct watch *, uint32_t); struct run *run; };

// What a turn of the loop asks of those above it.
struct turn {
  bool (*done)(int64_t now);
  int64_t (*due)(void);                    // the time until when something holds back what it has to send; NEVER: nothing does
  void (*after_events)(int64_t now);
  void (*signalled)(const struct signalfd_siginfo *);
  void (*children_changed)(void);
};
extern struct turn turn;

bool loop_prepare(void);
void loop(void);
bool watch_add(struct watch *);            // false with errno
void watch_events(struct watch *, bool writable); // also told when it can be written
void watch_silence(struct watch *);        // no more events; still open
void watch_remove(struct watch *);         // also closes the descriptor
void deadline(int64_t at);                 // the loop wakes then
bool deadline_reached(int64_t now);        // and begins to collect the next one
int64_t monotonic_ms(void);
int64_t wall_ms(void);

#endif
