// The life of a supervised run.
#ifndef PROCREG_RUN_H
#define PROCREG_RUN_H

#include "run-table.h"

bool run_watch(struct run *, int stream, int fd); // takes the descriptor over; false with errno
void run_supervise(struct run *, const struct request *);
void run_stop(struct run *, const char *reason, int signal, int64_t grace_ms); // the first reason stays
void reap(void);
void fire_deadlines(int64_t now);

#endif
