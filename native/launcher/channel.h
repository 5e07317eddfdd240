// A connection that carries frames, and who may open one.
#ifndef PROCREG_CHANNEL_H
#define PROCREG_CHANNEL_H

#include "frame.h"
#include "loop.h"

struct init;
struct channel { struct watch watch; struct buffer in, out; struct channel *dead; bool blocked, shared; struct init *init; }; // shared: the runs of a starter have it in common

struct channel *channel_new(int fd, void (*ready)(struct watch *, uint32_t)); // NULL with errno, and fd closed
bool channel_take(struct channel *, bool (*take)(struct channel *, struct fields *, const char *frame, size_t size));
void channel_flush(struct channel *);
void channel_free(struct channel *);       // at the end of the turn
void channels_sweep(void (*free_init)(struct init *));
void channels_forget(void);                // in an init: channels that wait to be freed belong to the launcher
int accept_peer(const struct watch *, uid_t); // accepts this user and root only; -1: no connection, or one that is not allowed
bool reserve_descriptor(void);             // holds a descriptor that is given up to close a connection when no other is left

#endif
