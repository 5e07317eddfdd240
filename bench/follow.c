// The followers of the bench `followers`: many connections that read one run's log as Server-Sent Events. It is in C so that it takes little of
// the cores that the server needs. Every connection checks that each line comes once and in order; only some of them measure how late it comes.
// follow PORT PATH AUTHORIZATION CONNECTIONS LINES prints `ready` once all are answered, and at the end its figures as a line of JSON.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { measured_bound = 20, line_bound = 256, silence_ms = 20000 };

// The parts of a chunked response.
enum part { HEAD, SIZE, DATA, AFTER };

struct follower {
  int fd;
  enum part part;
  long left;            // bytes of the chunk that have not come
  char line[line_bound];
  size_t length;
  long next, wrong;     // the number of the next line; how many had another one
  bool measured, answered;
};

static long *lags, lag_count, lag_room;
static long answered;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static long now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

// A line of the body: `data: NUMBER TIME`, or another part of an event.
static void hear(struct follower *follower, const char *line, size_t length) {
  if (length < 7 || memcmp(line, "data: ", 6) != 0 || line[6] < '0' || line[6] > '9') return;
  char *rest;
  const long number = strtol(line + 6, &rest, 10);
  if (number != follower->next) follower->wrong++;
  follower->next = number + 1;
  if (follower->measured && lag_count < lag_room) lags[lag_count++] = now_us() - strtol(rest, NULL, 10);
}

static void line_ended(struct follower *follower, const char *line, size_t length) {
  if (follower->part == DATA) return hear(follower, line, length);
  if (follower->part == HEAD) {
    if (!follower->answered && (follower->answered = true) && strncmp(line, "HTTP/1.1 200", 12) != 0) {
      fprintf(stderr, "a follower was answered with %.*s\n", (int)length, line);
      exit(1);
    }
    if (length > 1) return;
    follower->part = SIZE;
    answered++;
  } else if (follower->part == SIZE) {
    follower->left = strtol(line, NULL, 16);
    if (follower->left > 0) follower->part = DATA;
  } else {
    follower->part = SIZE;
  }
}

// Takes bytes up to the end of a line or of a chunk; returns how many. A line that is cut is kept until its rest comes; chunks end with an event.
static size_t take(struct follower *follower, const char *bytes, size_t length) {
  if (follower->part == DATA && (long)length > follower->left) length = (size_t)follower->left;
  const char *end = memchr(bytes, '\n', length);
  const size_t taken = end == NULL ? length : (size_t)(end - bytes) + 1;
  const enum part part = follower->part;
  if (end != NULL && follower->length == 0) {
    line_ended(follower, bytes, taken - 1);
  } else {
    const size_t kept = taken < line_bound - follower->length ? taken : line_bound - 1 - follower->length;
    memcpy(follower->line + follower->length, bytes, kept);
    follower->length += kept;
    follower->line[follower->length] = 0;
    if (end != NULL) line_ended(follower, follower->line, follower->length - 1), follower->length = 0;
  }
  if (part == DATA && (follower->left -= (long)taken) == 0) follower->part = AFTER;
  return taken;
}

static int join(int port, const char *path, const char *authorization) {
  const struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) die("connect");
  const char *form = "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: %s\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n";
  if (dprintf(fd, form, path, port, authorization) < 0) die("write");
  return fd;
}

static int by_size(const void *one, const void *other) {
  const long difference = *(const long *)one - *(const long *)other;
  return (difference > 0) - (difference < 0);
}

static void print_figures(const struct follower *followers, long count, long lines) {
  long lost = 0, wrong = 0;
  for (long index = 0; index < count; index++) lost += lines - followers[index].next, wrong += followers[index].wrong;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const long cpu_us = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000L + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
  qsort(lags, (size_t)lag_count, sizeof *lags, by_size);
  if (lag_count == 0) lag_count = 1;
  printf("{\"lost\": %ld, \"wrong\": %ld, \"p50Us\": %ld, \"p99Us\": %ld, \"clientCpuUs\": %ld}\n", lost, wrong, lags[lag_count / 2], lags[lag_count * 99 / 100], cpu_us);
}

int main(int argc, char **argv) {
  if (argc != 6) return fprintf(stderr, "follow PORT PATH AUTHORIZATION CONNECTIONS LINES\n"), 2;
  const long count = atol(argv[4]), lines = atol(argv[5]), every = (count + measured_bound - 1) / measured_bound;
  struct follower *followers = calloc((size_t)count, sizeof *followers);
  lag_room = lines * measured_bound;
  lags = calloc((size_t)lag_room + 1, sizeof *lags);
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (followers == NULL || lags == NULL || epoll < 0) die("start");
  for (long index = 0; index < count; index++) {
    followers[index].fd = join(atoi(argv[1]), argv[2], argv[3]);
    followers[index].measured = index % every == 0;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &followers[index]};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, followers[index].fd, &event) != 0) die("epoll_ctl");
  }
  static char bytes[1 << 16];
  bool ready = false;
  for (long left = count; left > 0;) {
    struct epoll_event events[256];
    const int some = epoll_wait(epoll, events, 256, silence_ms);
    if (some <= 0) return fprintf(stderr, "nothing came for %d s\n", silence_ms / 1000), 1;
    for (int index = 0; index < some; index++) {
      struct follower *follower = events[index].data.ptr;
      const ssize_t length = read(follower->fd, bytes, sizeof bytes);
      for (ssize_t at = 0; at < length;) at += (ssize_t)take(follower, bytes + at, (size_t)(length - at));
      if (length <= 0) close(follower->fd), left--;
    }
    if (!ready && answered == count) ready = true, puts("ready"), fflush(stdout);
  }
  print_figures(followers, count, lines);
  return 0;
}
