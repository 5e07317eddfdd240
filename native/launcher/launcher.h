// The data of one supervised run, of its start frame, and of this process: the launcher itself, the init of one run, or a starter.
#ifndef PROCREG_LAUNCHER_H
#define PROCREG_LAUNCHER_H

#include "channel.h"
#include "frame.h"
#include "loop.h"

#define PROTOCOL_VERSION "4"
#define ID_BYTES 64                        // a run id with its NUL
#define LIMITS 5                           // how many resource limits a start frame has
#define PIPES 2                            // the most named pipes of one run
#define GROUPS 1024                        // the most groups of a program's user

// All fields of a start frame; the strings point into the frame.
struct request {
  const char *id, *level, *note, *cwd, *exec, *input, *input_path, *keep;
  long long uid, gid, own, timeout_ms, stop_signal, grace_ms, output_limit, rows, columns;
  long long limits[LIMITS];                // address space, CPU seconds, processes, open files, size of a file; -1: as they are
  long long hold;                          // our own descriptors keep the named pipes open
  const char *frame; size_t size;          // the frame itself
  char **pipes, **masks, **cgroups, **argv, **environment;
  char **groups;                           // of a user of the machine that a definition names; empty for every other user
  const char *message; size_t message_bytes; // what stdin holds when `input` is inline
};

// What the launcher knows of an init that may take another run, for the same user in the same folder.
struct init {
  struct channel *next;                    // the next resting init
  pid_t pid;
  long long uid;
  int folder;                              // the folder that is kept for it; open, so that no other folder can get its inode
  struct buffer masks;
  bool clean;                              // its run has ended
  unsigned begun;                          // the number of the begun list that it writes to
  int64_t born_at, rests_at;
};

struct text { bool is; uint8_t need, low, high; }; // whether a stream is UTF-8 so far

struct run {
  struct run *by_id, *by_pid, *dead, *next_grown, *next_young;
  char id[ID_BYTES];
  char *note;
  pid_t pid;                               // the program; outside, for a run in namespaces, its init
  long long uid;                           // the run's own user; -1: our user
  struct channel *child;                    // the channel to the init; NULL where the program is our own child
  struct watch streams[2];                 // its stdout (or terminal) and stderr
  int input, own_log;                      // the writing end of its stdin that keeps it open; the log file, -1: in memory
  int pipes[PIPES];                        // its named pipes while we hold them, else -1
  bool tty, held, arriving, exited, ended, forgotten, followed, grown, young;
  bool told, torn;                         // its starter has answered the start; its starter was killed with a part of its log
  const char *reason;                      // what we did to the program: timeout, stop, output_limit, input_cut; else empty
  int status, write_error, stop_signal;    // how a stop begins
  struct rusage usage;
  struct buffer log;
  uint64_t log_size, limit, bytes[2];
  struct text text[2];
  int64_t started_ms, ended_ms;            // since 1970
  int64_t timeout_at, kill_at, spill_at;   // monotonic
  int64_t watch_at;                        // when a young run is one no more
  int64_t grace_ms, timeout_ms;
  off_t asked;                             // how much of the requests in its file was read
};

// This process: the launcher itself, the init of one run, or a starter.
extern struct launcher {
  uid_t uid; gid_t gid;                    // in a user namespace the system reports other ids until they are mapped
  int runs_dir, begun, nothing;            // the folder of runs; the list of begun runs; /dev/null, the stdin of runs without a message
  int ruleset;                             // denies signals to the processes of others; -1: this kernel cannot
  unsigned begun_count;                    // how many begun lists there were
  bool inside, attached, leaving;          // we are an init; the parent channel is open; no new runs are started
  bool serves, clean;                      // an init that takes further runs; its run has ended
  bool starter, crowded;                   // we start programs for the launcher; its server does not read
  const char *runs_path;
  struct channel *parent;                      // the channel to the server, or to the launcher of this init
  size_t held_bytes;                       // while exactly this much waits for the parent, it is held back
  int64_t send_at;                         // until when frames are held back
  struct run *grown;                       // followed runs whose growth is not yet reported
  char *title; size_t title_bytes;         // the memory of our command line
  char blame[16];                          // the oom_score_adj of programs; empty: unknown
} launcher;

// Called when the other side of a child or parent channel has sent something. main.c sets these to functions of commands.c.
extern void (*child_ready)(struct watch *, uint32_t);
extern void (*parent_ready)(struct watch *, uint32_t);
// Called when a child has ended that is no program. main.c sets it to the function of starters.c.
extern bool (*other_ended)(pid_t);

void title_set(const struct run *);        // our command line; NULL: the init rests
void title_starter(void);                  // the same, of a starter: whether it has a launcher

#endif
