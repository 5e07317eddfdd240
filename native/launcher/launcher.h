// What the launcher's files share: buffers and frames, one run under supervision, and the process's own state.
#ifndef PROCREG_LAUNCHER_H
#define PROCREG_LAUNCHER_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#define PROTOCOL_VERSION "3"
#define ID_BYTES 64                        // a run id with its NUL
#define FRAME_BYTES (8u << 20)             // the largest frame; a longer one ends its connection
#define INLINE_BYTES (64u << 10)           // a log up to this size comes back in the frame of its end
#define PIPE_BYTES (1u << 20)              // the pipes of a run whose log is a file
#define SPARE_BYTES (256u << 10)           // the most that a buffer keeps for later after a peak
#define SPILL_AFTER_MS 1000                // a run that lives longer keeps its log in its control directory
#define PENDING_BYTES (4u << 20)           // with more than this unsent, logs are spilled instead of sent
#define BEGUN_BYTES (2 << 20)              // of the list of what began; then it is the old one, and a new one begins
#define STALLED_BYTES (16u << 20)          // with more than this unsent, the server is taken for gone: all goes to its files
#define HOLD_MS 2                          // so long the start of a program waits for its end, to wake the server once
#define RESERVED 16                        // descriptors that no start of a run may take
#define PIPES 2                            // the most named pipes of one run
#define HANDED_BYTES (64u << 10)           // a start frame that is larger is for an init of its own
#define RESTING 32                         // the most inits that wait for another run
#define REST_MS 2000                       // they wait so long at least, looked at every so often as all the rest
#define SERVE_MS 30000                     // an older one gets no further run: it keeps the mounts that were there when it was made
#define NEVER INT64_MAX

struct buffer { char *data; size_t length, capacity; };
struct fields { const char *at, *end; };   // what is left of one frame's NUL-terminated strings
struct value { const char *text; long long number; }; // a field to be written: the text, or where that is NULL the number

void buffer_add(struct buffer *, const void *, size_t);
void buffer_drop(struct buffer *, size_t); // from its front
void buffer_free(struct buffer *);
void values_add(struct buffer *, const struct value *, size_t count, const char *rest, size_t rest_bytes);
size_t frame_open(struct buffer *);        // returns where it began, for frame_close
void frame_close(struct buffer *, size_t);
#define T(words) {.text = (words)}
#define N(count) {.number = (long long)(count)}
#define VALUES(...) (const struct value[]){__VA_ARGS__}, sizeof (const struct value[]){__VA_ARGS__} / sizeof(struct value)
void frame_add(struct buffer *, const struct value *, size_t count); // a whole frame: frame_add(buffer, VALUES(T("log"), N(3)))
// The frame at `offset`. 1: whole, its length with its head is in *size; 0: more is needed; -1: no frame of ours
int frame_take(const struct buffer *, size_t offset, struct fields *, size_t *size);
const char *field(struct fields *);        // NULL at the end, or when no NUL follows
bool number_field(struct fields *, long long low, long long high, long long *);
bool list_field(struct fields *, char ***); // a count and so many strings; a NULL-terminated array to be freed

struct run;
struct watch { int fd; void (*ready)(struct watch *, uint32_t); struct run *run; };
struct channel { struct watch watch; struct buffer in, out; struct channel *dead; bool blocked; struct init *init; };

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

struct text { bool is; uint8_t need, low, high; };

struct run {
  struct run *by_id, *by_pid, *dead, *next_grown;
  char id[ID_BYTES];
  char *note;
  pid_t pid;                               // the program; for a run in namespaces, seen from outside, its init
  long long uid;                           // its own, -1: ours
  struct channel *link;                    // to that init; NULL where the program is our own child
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
extern struct self {
  uid_t uid; gid_t gid;                    // in a user namespace the system tells others, until they are mapped
  int epoll, runs_dir, begun, spare;       // the list of what began; spare: to be closed when no other descriptor is left
  unsigned begun_count;                    // how many of these lists there were
  bool inside, attached, leaving;          // an init; somebody listens to our frames; no new runs
  bool serves, clean;                      // an init that takes further runs; its run has ended
  const char *runs_path;
  struct channel *up;                      // the server, or the launcher of this init
  int64_t next_deadline;
  size_t held_bytes;                       // of what is to go up, if it is that much, wait
  int64_t send_at;                         // until then
  struct run *grown;                       // followed runs whose growth is not yet told
  struct run *dead_runs;
  struct channel *dead_channels;
  char *title; size_t title_bytes;         // the memory of our command line
} self;

// main.c
bool watch_add(struct watch *);            // false with errno
void watch_silence(struct watch *);        // no more events; still open
void watch_remove(struct watch *);         // also closes the descriptor
void deadline(int64_t at);
int64_t monotonic_ms(void);
int64_t wall_ms(void);
struct channel *channel_new(int fd, void (*ready)(struct watch *, uint32_t)); // NULL with errno, and fd closed
bool channel_take(struct channel *, bool (*take)(struct channel *, struct fields *, const char *frame, size_t size));
void channel_flush(struct channel *);
void channel_free(struct channel *);
bool loop_prepare(void);
void loop(void);

// commands.c
void accept_ready(struct watch *, uint32_t);
int accept_peer(const struct watch *);     // -1: nobody who may speak to us
void link_ready(struct watch *, uint32_t);
void up_ready(struct watch *, uint32_t);
bool from_launcher(struct channel *, struct fields *, const char *frame, size_t size);
void lose_up(struct channel *);
void leave_again(int64_t now);
void stop_all(void);

// request.c
bool start(struct fields *, const char *id, const char *frame, size_t size);

// start.c
int begin(const struct request *, struct run *, int input, const char **stage);
int open_input(const struct request *, struct run *);
bool open_begun(void);                     // false with errno
bool make_pipes(const struct request *, struct run *); // false with errno
void close_pipes(struct run *);
void close_between(unsigned low, unsigned high);

// enclose.c
int enclose(const struct request *, struct run *, int input);
void serve_again(const struct request *);
void take_title(const struct run *);       // NULL: none, the init rests
void read_asked(void);

// listeners.c
void handover_ready(struct watch *, uint32_t);
void listeners_look(int64_t now);
bool listeners_wait(int64_t now);          // clients wait for the next server

// ipc.c
bool clear_ipc(void);                      // false: what was left is still there

// rest.c
struct init *init_new(const struct request *); // NULL: it is for this run alone
void init_free(struct init *);
bool rest_take(const struct request *, struct run *); // true: an init that rested has got it
void rest(struct run *);                   // its init waits for another run, and the run is dropped
void rest_flush(void);                     // what they have not yet heard: the end of one run and the start of the next wake an init once
void rest_gone(struct channel *);
void rest_end(int64_t before);             // those that rest since an earlier time

// output.c
void output_add(struct run *, int stream, const char *, size_t);
bool output_spill(struct run *);
bool output_leave(struct run *);
bool folder_gone(void);
void tell(const struct value *, size_t count); // a frame for the other side, if there is one
void tell_started(struct run *, const char *what, const char *note);
void tell_ended(struct run *);
void tell_growth(void);

// run.c
struct run *run_new(const struct request *);
struct run *run_find(const char *id);
struct run *run_next(struct run *);        // NULL begins; any order
size_t run_count(void);
void run_only(struct run *);
void run_by_pid(struct run *, pid_t);
bool run_watch(struct run *, int stream, int fd); // takes the descriptor over; false with errno
void run_supervise(struct run *, const struct request *);
void run_drop(struct run *);
void run_stop(struct run *, const char *reason, int signal, int64_t grace_ms); // the first reason stays
void run_grew(struct run *);
void reap(void);
void fire_deadlines(int64_t now);

#endif
