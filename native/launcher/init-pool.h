// Inits that rest until the next run of the same user and folder.
#ifndef PROCREG_INIT_POOL_H
#define PROCREG_INIT_POOL_H

#include "launcher.h"

#define HANDED_BYTES (64u << 10)           // a start frame that is larger is for an init of its own

struct init *init_new(const struct request *); // NULL: it is for this run alone
void init_free(struct init *);
bool rest_take(const struct request *, struct run *); // true: an init that rested has got it
void rest(struct run *);                   // its init waits for another run, and the run is dropped
void rest_flush(void);                     // what they have not yet heard: the end of one run and the start of the next wake an init once
void rest_gone(struct channel *);
void rest_end(int64_t before);             // those that rest since an earlier time

#endif
