// What the launcher's files share: buffers and frames, one run under supervision, and the process's own state.
#ifndef PROCREG_LAUNCHER_H
#define PROCREG_LAUNCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#define PROTOCOL_VERSION "1"
#define ID_BYTES 64                        // a run id with its NUL
#define FRAME_BYTES (8u << 20)             // the largest frame; a longer one ends its connection
#define INLINE_BYTES (64u << 10)           // a log up to this size comes back in the frame of its end
#define SPILL_AFTER_MS 1000                // a run that lives longer keeps its log in its control directory
#define PENDING_BYTES (4u << 20)           // with more than this unsent, logs are spilled instead of sent
#define BEGUN_BYTES (2 << 20)              // of the list of what began; then it is the old one, and a new one begins
#define NEVER INT64_MAX

struct buffer { char *data; size_t length, capacity; };
struct fields { const char *at, *end; };   // what is left of one frame's NUL-terminated strings

void buffer_add(struct buffer *, const void *, size_t);
void buffer_drop(struct buffer *, size_t);  // from its front
void buffer_free(struct buffer *);
size_t frame_open(struct buffer *);         // returns where it began, for frame_close
void frame_text(struct buffer *, const char *);
void frame_number(struct buffer *, long long);
void frame_close(struct buffer *, size_t);
// 1: a whole frame, whose length with its head is in *size; 0: more is needed; -1: no frame of ours
int frame_take(const struct buffer *, struct fields *, size_t *size);
const char *field(struct fields *);         // NULL at the end, or when no NUL follows
bool number_field(struct fields *, long long low, long long high, long long *);
bool list_field(struct fields *, char ***); // a count and so many strings; a NULL-terminated array to be freed

struct run;
struct watch { int fd; void (*ready)(struct watch *, uint32_t); struct run *run; };
struct channel { struct watch watch; struct buffer in, out; struct channel *dead; bool blocked; };

// Everything that a start frame says; the strings lie in the frame.
struct request {
  const char *id, *level, *note, *cwd, *exec, *input, *input_path, *keep;
  long long uid, gid, timeout_ms, grace_ms, output_limit, rows, columns;
  long long limits[4];                     // address space, CPU seconds, processes, open files; -1: as they are
  char **masks, **cgroups, **argv, **environment;
  const char *message; size_t message_bytes; // what stdin holds when `input` is inline
};

struct text { bool is; uint8_t need, low, high; };

struct run {
  struct run *by_id, *by_pid, *dead;
  char id[ID_BYTES];
  char *note;
  pid_t pid;                               // the program; for a run in namespaces, seen from outside, its init
  struct channel *link;                    // to that init; NULL where the program is our own child
  struct watch streams[2];                 // its stdout (or terminal) and stderr
  int input, own_log;                      // the writing end of its stdin that keeps it open; the log file, -1: in memory
  bool tty, held, arriving, exited, ended, forgotten, followed, grew;
  const char *reason;                      // what we did to it: timeout, stop, output_limit, input_cut; else empty
  int status, write_error;
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
  int epoll, runs_dir, listener;
  bool inside, attached;                   // an init; somebody listens to our frames
  struct channel *up;                      // the server, or the launcher of this init
  int64_t next_deadline;
  struct run *dead;
  struct channel *dead_channels;
  bool growth;                             // a followed log has grown in this turn
  char *title; size_t title_bytes;         // the memory of our command line
} self;

// main.c
void watch_add(struct watch *, uint32_t events);
void watch_remove(struct watch *);          // also closes the descriptor
void deadline(int64_t at);
int64_t monotonic_ms(void);
int64_t wall_ms(void);
bool channel_read(struct channel *);        // false when the other side is gone
void channel_flush(struct channel *);
struct channel *channel_new(int fd, void (*ready)(struct watch *, uint32_t));
void channel_free(struct channel *);
void loop_prepare(void);
void loop(void);

// commands.c
bool command(struct fields *, const char *frame, size_t size);
void detach(void);
void stop_all(void);
void link_ready(struct watch *, uint32_t);

void tell(struct run *, const char *what);  // a frame of this name and the run's id
void tell_failed(const char *id, int error, const char *stage);
void tell_started(struct run *, const char *what, bool with_note);
void tell_ended(struct run *);
void announce_growth(void);

// start.c
int begin(const struct request *, struct run *, int input, const char **stage);
int open_input(const struct request *, struct run *);

// enclose.c
int enclose(const struct request *, struct run *, int input);

// output.c
void output_add(struct run *, int stream, const char *, size_t);
void output_spill(struct run *);
void output_leave(struct run *);
void ended_frame(struct run *, struct buffer *, bool with_log);

// run.c
void run_only(struct run *);
struct run *run_new(const struct request *);
struct run *run_find(const char *id);
struct run *run_next(struct run *);         // NULL begins; any order
void run_by_pid(struct run *, pid_t);
void run_supervise(struct run *, const struct request *);
void run_drop(struct run *);
void run_signal_all(struct run *, int signal);
void run_stop(struct run *, const char *reason, int signal, int64_t grace_ms);  // the first reason stays
void run_follow(struct run *);
void reap(void);
void fire_deadlines(int64_t now);

#endif
