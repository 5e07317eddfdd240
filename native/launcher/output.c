// What a run says and how it ended: its framed log, in memory while it is small, and its exit record.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "launcher.h"

// Follows UTF-8 over the borders of chunks; NUL makes it binary.
static void text_see(struct text *text, const unsigned char *bytes, size_t length) {
  for (size_t at = 0; text->is && at < length; at++) {
    if (text->need == 0) {
      uint64_t word;
      // eight bytes at once while none of them is NUL or beyond ASCII
      while (at + 8 <= length && (memcpy(&word, bytes + at, 8), (((word - 0x0101010101010101u) | word) & 0x8080808080808080u) == 0)) at += 8;
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
  if (mkdirat(self.runs_dir, run->id, 0700) != 0 && errno != EEXIST) return -1;
  return openat(self.runs_dir, run->id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

// From now on the log is a file of the control directory.
void output_spill(struct run *run) {
  if (run->own_log >= 0 || run->link != NULL || run->write_error != 0) return;
  const int directory = control_directory(run);
  if (directory >= 0) run->own_log = openat(directory, "log", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (run->own_log < 0) run->write_error = errno;
  else write_all(run, run->log.data, run->log.length);
  if (directory >= 0) close(directory);
  buffer_free(&run->log);
  for (int stream = 0; stream < 2; stream++)
    if (run->streams[stream].fd >= 0) fcntl(run->streams[stream].fd, F_SETPIPE_SZ, 1 << 20);
}

// One frame of the log: stream (1 byte), 3 bytes of zero, length (uint32), milliseconds since 1970 (float64), the bytes.
void output_add(struct run *run, int stream, const char *bytes, size_t length) {
  run->bytes[stream] += length;
  text_see(&run->text[stream], (const unsigned char *)bytes, length);
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  const double time_ms = (double)now.tv_sec * 1000 + (double)(now.tv_nsec / 1000000);
  const uint32_t head_length = (uint32_t)length;
  char head[16] = {(char)stream};
  memcpy(head + 4, &head_length, 4);
  memcpy(head + 8, &time_ms, 8);
  if (run->own_log < 0 && run->log.length + sizeof head + length > INLINE_BYTES) output_spill(run);
  if (run->own_log >= 0) {
    struct iovec parts[2] = {{head, sizeof head}, {(void *)(uintptr_t)bytes, length}};
    const ssize_t written = writev(run->own_log, parts, 2);
    const size_t done = written < 0 ? 0 : (size_t)written;
    const size_t of_head = done < sizeof head ? done : sizeof head;
    write_all(run, head + of_head, sizeof head - of_head);
    write_all(run, bytes + (done - of_head), length - (done - of_head));
  } else if (run->write_error == 0) {
    buffer_add(&run->log, head, sizeof head);
    buffer_add(&run->log, bytes, length);
  }
  run->log_size += sizeof head + length;
  run->grew = true;
  if (run->followed) self.growth = true;
}

// How a run ended, as the frame and the exit record say it; last the log itself when it is in memory.
void ended_frame(struct run *run, struct buffer *buffer, bool with_log) {
  const bool signalled = WIFSIGNALED(run->status);
  frame_text(buffer, "ended");
  frame_text(buffer, run->id);
  frame_text(buffer, signalled ? "signal" : "exit");
  frame_number(buffer, signalled ? WTERMSIG(run->status) : WEXITSTATUS(run->status));
  frame_text(buffer, run->reason);
  frame_number(buffer, run->write_error);
  const struct timeval user = run->usage.ru_utime, system = run->usage.ru_stime;
  frame_number(buffer, (long long)(user.tv_sec + system.tv_sec) * 1000000 + user.tv_usec + system.tv_usec);
  frame_number(buffer, (long long)run->usage.ru_maxrss * 1024);
  frame_number(buffer, run->started_ms);
  frame_number(buffer, run->ended_ms);
  for (int stream = 0; stream < 2; stream++) {
    frame_number(buffer, (long long)run->bytes[stream]);
    frame_number(buffer, run->text[stream].is && run->text[stream].need == 0);
  }
  frame_number(buffer, (long long)run->log_size);
  frame_text(buffer, with_log ? "inline" : "spilled");
  frame_text(buffer, run->note);
  if (with_log) buffer_add(buffer, run->log.data, run->log.length);
}

// A file of the control directory appears whole: under another name first.
static void write_whole(struct run *run, const char *name, const char *bytes, size_t length) {
  const int directory = control_directory(run);
  const int file = directory < 0 ? -1 : openat(directory, "new", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file >= 0 && write(file, bytes, length) == (ssize_t)length && close(file) == 0) renameat(directory, "new", directory, name);
  if (directory >= 0) close(directory);
}

// Nobody listens: the log becomes a file, and beside it the exit record, or the note of a run that goes on.
void output_leave(struct run *run) {
  output_spill(run);
  if (!run->ended) return write_whole(run, "note", run->note, strlen(run->note));
  struct buffer record = {0};
  ended_frame(run, &record, false);
  write_whole(run, "exit", record.data, record.length);
  buffer_free(&record);
}
