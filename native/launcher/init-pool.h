// The pool of inits that rest until the next run of the same user and folder.
#ifndef PROCREG_INIT_POOL_H
#define PROCREG_INIT_POOL_H

#include "launcher.h"

#define HANDED_BYTES (64u << 10)           // a larger start frame needs its own init

struct init *init_new(const struct request *); // NULL: the init is for this run alone
void init_free(struct init *);
bool rest_take(const struct request *, struct run *); // true: a resting init has got the run
void rest(struct run *);                   // its init waits for another run, and the run is dropped
void rest_flush(void);                     // sends the waiting frames: the end of one run and the start of the next wake an init only once
void rest_gone(struct channel *);
void rest_forget(void);                    // in a starter: the inits are the launcher's
void rest_end(int64_t before);             // ends inits that rest since an earlier time

#endif
