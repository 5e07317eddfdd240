// The table of the runs of this process.
#ifndef PROCREG_RUN_TABLE_H
#define PROCREG_RUN_TABLE_H

#include "launcher.h"

struct run *run_new(const struct request *);
struct run *run_find(const char *id);
struct run *run_next(struct run *);        // the run after this one, NULL: the first; in any order
size_t run_count(void);
void run_only(struct run *);
void runs_forget(void);                    // in a starter: the runs so far are the launcher's
void run_by_pid(struct run *, pid_t);
void run_drop(struct run *);
void close_pipes(struct run *);
void runs_sweep(void);                     // frees the runs that were dropped in this turn
struct run *run_of_pid(pid_t);
bool run_of_user(uid_t);                   // whether the user has a run that has not ended
void run_forget_pid(struct run *);

#endif
