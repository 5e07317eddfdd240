// The life of a supervised run.
#ifndef PROCREG_RUN_H
#define PROCREG_RUN_H

#include "run-table.h"

void run_stream(struct run *, int stream, int fd); // takes the descriptor over
bool run_watch(struct run *);              // false with errno
int64_t run_young_until(void);
void run_watch_due(int64_t now);
void run_supervise(struct run *, const struct request *);
void run_stop(struct run *, const char *reason, int signal, int64_t grace_ms); // the first reason stays
void run_leave(struct run *);              // to its files; dropped when its end is there
void sweep_soon(void);
void reap(void);
void fire_deadlines(int64_t now);

#endif
