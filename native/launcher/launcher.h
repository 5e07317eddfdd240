// One run under supervision, what a start frame says of it, and this process: the launcher itself, or the init of one run.
#ifndef PROCREG_LAUNCHER_H
#define PROCREG_LAUNCHER_H

#include "channel.h"
#include "frame.h"
#include "loop.h"

#define PROTOCOL_VERSION "3"
#define ID_BYTES 64                        // a run id with its NUL
#define PIPES 2                            // the most named pipes of one run

// Everything that a start frame says; the strings lie in the frame.
struct request {
  const char *id, *level, *note, *cwd, *exec, *input, *input_path, *keep;
  long long uid, gid, own, timeout_ms, stop_signal, grace_ms, output_limit, rows, columns;
  long long limits[4];                     // address space, CPU seconds, processes, open files; -1: as they are
  long long hold;                          // our own descriptors keep the named pipes open
  const char *frame; size_t size;          // the frame itself
  char **pipes, **masks, **cgroups, **argv, **environment;
  const char *message; size_t message_bytes; // what stdin holds when `input` is inline
};

// What the launcher knows of an init that may take another run, for the same user in the same folder.
struct init {
  struct channel *next;                    // the next one that rests
  pid_t pid;
  long long uid;
  int folder;                              // that which is kept for it; open, so that no other can get its number
  struct buffer masks;
  bool clean;                              // its run has ended
  unsigned begun;                          // the list of what began that it writes to
  int64_t born_at, rests_at;
};

struct text { bool is; uint8_t need, low, high; }; // whether a stream is UTF-8 so far

struct run {
  struct run *by_id, *by_pid, *dead, *next_grown;
  char id[ID_BYTES];
  char *note;
  pid_t pid;                               // the program; for a run in namespaces, seen from outside, its init
  long long uid;                           // its own, -1: ours
  struct channel *child;                    // to that init; NULL where the program is our own child
  struct watch streams[2];                 // its stdout (or terminal) and stderr
  int input, own_log;                      // the writing end of its stdin that keeps it open; the log file, -1: in memory
  int pipes[PIPES];                        // its named pipes while we hold them, else -1
  bool tty, held, arriving, exited, ended, forgotten, followed, grown;
  const char *reason;                      // what we did to it: timeout, stop, output_limit, input_cut; else empty
  int status, write_error, stop_signal;    // how a stop begins
  struct rusage usage;
  struct buffer log;
  uint64_t log_size, limit, bytes[2];
  struct text text[2];
  int64_t started_ms, ended_ms;            // since 1970
  int64_t timeout_at, kill_at, spill_at;   // monotonic
  int64_t grace_ms;
};

// One process of the launcher's: the launcher itself, or the init of one run.
extern struct launcher {
  uid_t uid; gid_t gid;                    // in a user namespace the system tells others, until they are mapped
  int runs_dir, begun;                     // the list of what began
  unsigned begun_count;                    // how many of these lists there were
  bool inside, attached, leaving;          // an init; somebody listens to our frames; no new runs
  bool serves, clean;                      // an init that takes further runs; its run has ended
  const char *runs_path;
  struct channel *parent;                      // the server, or the launcher of this init
  size_t held_bytes;                       // of what is to go up, if it is that much, wait
  int64_t send_at;                         // until then
  struct run *grown;                       // followed runs whose growth is not yet told
  char *title; size_t title_bytes;         // the memory of our command line
} launcher;

// The other side of a channel has sent something: what is done about it is decided in commands.c, above those who open channels.
extern void (*child_ready)(struct watch *, uint32_t);
extern void (*parent_ready)(struct watch *, uint32_t);

void title_set(const struct run *);        // our command line; NULL: the init rests

#endif
