// The output and the end of a run: its framed log, which is in memory while it is small, its exit record, and the frames about the run.
#include "output.h"

#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#define INLINE_BYTES (64u << 10)           // a log up to this size comes back in the frame of its end
#define PIPE_BYTES (1u << 20)              // the pipes of a run whose log is a file
#define PENDING_BYTES (4u << 20)           // with more than this unsent, logs are spilled instead of sent; in a starter an eighth, since the launcher adds them up
#define HOLD_MS 2                          // how long the frame of a start waits for the program's end, to wake the server only once

// Follows UTF-8 over the borders of chunks; a NUL makes the stream binary.
static void text_see(struct text *text, const unsigned char *bytes, size_t length) {
  for (size_t at = 0; text->is && at < length; at++) {
    if (text->need == 0) {
      // eight bytes at once while none of them is NUL or beyond ASCII
      for (uint64_t word; at + 8 <= length; at += 8) {
        memcpy(&word, bytes + at, 8);
        if ((((word - 0x0101010101010101u) | word) & 0x8080808080808080u) != 0) break;
      }
      if (at == length) return;
    }
    const unsigned char byte = bytes[at];
    if (text->need > 0) {
      text->is = byte >= text->low && byte <= text->high;
      text->need--;
      text->low = 0x80, text->high = 0xbf;
    } else if (byte >= 0x80 || byte == 0) {
      text->is = byte >= 0xc2 && byte <= 0xf4;
      text->need = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
      text->low = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
      text->high = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
    }
  }
}

static void write_all(struct run *run, const char *bytes, size_t length) {
  while (length > 0 && run->write_error == 0) {
    const ssize_t written = write(run->own_log, bytes, length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) run->write_error = written < 0 ? errno : EIO;
    else bytes += written, length -= (size_t)written;
  }
}

static int control_directory(struct run *run) {
  if (mkdirat(launcher.runs_dir, run->id, 0700) != 0 && errno != EEXIST) return -1;
  return openat(launcher.runs_dir, run->id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

void run_grew(struct run *run) {
  if (!run->followed || run->grown) return;
  run->grown = true;
  run->next_grown = launcher.grown;
  launcher.grown = run;
}

// Moves the log to a file of the control directory. False: the disk is full, and the log stays in memory.
bool output_spill(struct run *run) {
  if (run->own_log >= 0 || run->child != NULL || run->write_error != 0) return true;
  const int directory = control_directory(run);
  if (directory >= 0) run->own_log = openat(directory, "log", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (run->own_log < 0) run->write_error = errno;
  else write_all(run, run->log.data, run->log.length);
  const bool failed = run->write_error != 0;
  if (failed && run->own_log >= 0) close(run->own_log), unlinkat(directory, "log", 0);
  if (directory >= 0) close(directory);
  if (failed) return run->own_log = -1, run->write_error = 0, false;
  buffer_free(&run->log);
  for (int stream = 0; stream < 2; stream++)
    if (run->streams[stream].fd >= 0) fcntl(run->streams[stream].fd, F_SETPIPE_SZ, PIPE_BYTES);
  run_grew(run);
  return true;
}

// Continues a log after its last whole frame. What of it is text is unknown.
void output_resume(struct run *run) {
  char head[16];
  struct stat found;
  uint32_t length;
  const int directory = control_directory(run);
  run->own_log = directory < 0 ? -1 : openat(directory, "log", O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
  // a log that is there must not be begun anew
  if (run->own_log < 0 && errno != ENOENT) run->write_error = errno;
  if (directory >= 0) close(directory);
  run->log_size = 0;
  if (run->own_log < 0 || fstat(run->own_log, &found) != 0) return;
  while (pread(run->own_log, head, sizeof head, (off_t)run->log_size) == sizeof head) {
    memcpy(&length, head + 4, 4);
    const int stream = head[0] == 0 ? 0 : 1;
    if (run->log_size + sizeof head + length > (uint64_t)found.st_size) break;
    run->bytes[stream] += length;
    run->text[stream].is = false;
    run->log_size += sizeof head + length;
  }
  if (ftruncate(run->own_log, (off_t)run->log_size) != 0) run->write_error = errno;
}

static void append(struct run *run, char *head, size_t head_length, const char *bytes, size_t length) {
  struct iovec parts[2] = {{head, head_length}, {(void *)(uintptr_t)bytes, length}};
  const ssize_t written = writev(run->own_log, parts, 2);
  const size_t done = written < 0 ? 0 : (size_t)written;
  const size_t of_head = done < head_length ? done : head_length;
  write_all(run, head + of_head, head_length - of_head);
  write_all(run, bytes + (done - of_head), length - (done - of_head));
  // a full disk: the log ends with its last whole frame
  if (run->write_error != 0 && ftruncate(run->own_log, (off_t)run->log_size) != 0) run->log_size = 0;
}

// One frame of the log: stream (1 byte), 3 bytes of zero, length (uint32), milliseconds since 1970 (float64), the bytes.
void output_add(struct run *run, int stream, const char *bytes, size_t length) {
  const double time_ms = (double)wall_ms();
  const uint32_t head_length = (uint32_t)length;
  char head[16] = {(char)stream};
  memcpy(head + 4, &head_length, 4);
  memcpy(head + 8, &time_ms, 8);
  if (run->own_log < 0 && run->log.length + sizeof head + length > INLINE_BYTES && !output_spill(run)) run->write_error = ENOSPC;
  if (run->own_log >= 0) append(run, head, sizeof head, bytes, length);
  if (run->write_error != 0) return;
  if (run->own_log < 0) {
    buffer_add(&run->log, head, sizeof head);
    buffer_add(&run->log, bytes, length);
  }
  run->bytes[stream] += length;
  text_see(&run->text[stream], (const unsigned char *)bytes, length);
  run->log_size += sizeof head + length;
  run_grew(run);
}

// The values that the frame of an end and the exit record share; the last value is the log itself when it is in memory.
static void ended_values(struct run *run, struct buffer *buffer, bool with_log) {
  const bool signalled = WIFSIGNALED(run->status);
  const struct timeval user = run->usage.ru_utime, system = run->usage.ru_stime;
  const struct value values[] = {
      T("ended"), T(run->id), T(signalled ? "signal" : "exit"), N(signalled ? WTERMSIG(run->status) : WEXITSTATUS(run->status)),
      T(run->reason), N(run->write_error == 0 && run->torn ? EIO : run->write_error),
      N((user.tv_sec + system.tv_sec) * 1000000ll + user.tv_usec + system.tv_usec), N(run->usage.ru_maxrss * 1024ll),
      N(run->started_ms), N(run->ended_ms),
      N(run->bytes[0]), N(run->text[0].is && run->text[0].need == 0), N(run->bytes[1]), N(run->text[1].is && run->text[1].need == 0),
      N(run->log_size), T(with_log ? "inline" : "spilled"), T(run->note),
  };
  values_add(buffer, values, sizeof values / sizeof *values, run->log.data, with_log ? run->log.length : 0);
}

// Writes a file of the control directory under another name first, so that it appears whole.
static bool write_whole(struct run *run, const char *name, const char *bytes, size_t length) {
  const int directory = control_directory(run);
  const int file = directory < 0 ? -1 : openat(directory, "new", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  const bool whole = file >= 0 && write(file, bytes, length) == (ssize_t)length;
  const bool done = file >= 0 && close(file) == 0 && whole && renameat(directory, "new", directory, name) == 0;
  if (directory >= 0) close(directory);
  return done;
}

bool folder_gone(void) {
  struct stat found;
  return fstat(launcher.runs_dir, &found) != 0 || found.st_nlink == 0;
}

// A later server finds its note, and whom to ask when the launcher is gone, too.
static void leave_names(struct run *run) {
  char names[64];
  const int length = snprintf(names, sizeof names, "%d %d %lld\n", getpid(), run->pid, (long long)run->started_ms);
  write_whole(run, "note", run->note, strlen(run->note));
  if (launcher.starter && launcher.parent == NULL) write_whole(run, "starter", names, (size_t)length);
}

// For a run without a parent channel: writes the log to a file, and the exit record, or the note of a continuing run, next to it. True: the end
// is recorded, or nobody will look for it.
bool output_leave(struct run *run) {
  const bool spilled = output_spill(run);
  if (!run->ended) return leave_names(run), false;
  if (!spilled) return folder_gone();
  struct buffer record = {0};
  ended_values(run, &record, run->own_log < 0);
  const bool written = write_whole(run, "exit", record.data, record.length);
  buffer_free(&record);
  return written || folder_gone();
}

void tell(const struct value *values, size_t count) {
  if (launcher.parent != NULL) frame_add(&launcher.parent->out, values, count);
}

// `enclosed`: the init runs; `started`, `running`: the program runs. An init does not know its pid and descriptor outside and sends 0 and -1.
void tell_started(struct run *run, const char *what, const char *note) {
  const bool alone = launcher.parent != NULL && launcher.parent->out.length == launcher.held_bytes;
  tell(VALUES(T(what), T(run->id), N(run->started_ms), N(launcher.inside ? 0 : run->pid), N(launcher.inside ? -1 : run->input), T(note)));
  // an init is found by its name, so its frame may be held back; a frame that lets the server write a message may not
  if (!alone || (!launcher.inside && run->child == NULL) || run->input >= 0) return;
  if (launcher.held_bytes == 0) launcher.send_at = monotonic_ms() + HOLD_MS;
  launcher.held_bytes = launcher.parent->out.length;
}

bool output_crowded(void) {
  const size_t most = launcher.starter ? PENDING_BYTES / 8 : PENDING_BYTES;
  return launcher.crowded || (launcher.parent != NULL && launcher.parent->out.length > most);
}

void tell_ended(struct run *run) {
  struct buffer *out = &launcher.parent->out;
  if (output_crowded()) output_spill(run);
  const size_t start = frame_open(out);
  ended_values(run, out, run->own_log < 0);
  frame_close(out, start);
}

void tell_growth(void) {
  for (struct run *run = launcher.grown; run != NULL; run = launcher.grown) {
    launcher.grown = run->next_grown;
    run->grown = false;
    if (run->followed && (run->own_log >= 0 || run->child != NULL) && !run->ended) tell(VALUES(T("log"), T(run->id), N(run->log_size)));
  }
}
