// A bare loop that starts a program, several at a time, and discards its output: the upper bound for any server on this machine.
// vfork-loop PROGRAM IN_FLIGHT SECONDS prints its figures as a line of JSON.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { in_flight_bound = 1024 };

struct slot {
  pid_t pid;
  long started_us;
};

static long now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

static long cpu_us(int who) {
  struct rusage usage;
  getrusage(who, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000L + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static void start(struct slot *slot, char *program, int nowhere) {
  char *words[] = {program, NULL};
  slot->started_us = now_us();
  slot->pid = vfork();
  if (slot->pid == 0) {
    dup2(nowhere, STDOUT_FILENO);
    execv(program, words);
    _exit(127);
  }
  if (slot->pid < 0) {
    perror("vfork");
    exit(1);
  }
}

static int by_size(const void *one, const void *other) {
  long difference = *(const long *)one - *(const long *)other;
  return (difference > 0) - (difference < 0);
}

static void *must(void *memory) {
  if (memory == NULL) {
    perror("malloc");
    exit(1);
  }
  return memory;
}

int main(int argc, char **argv) {
  int in_flight = argc == 4 ? atoi(argv[2]) : 0;
  double seconds = argc == 4 ? atof(argv[3]) : 0;
  int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (in_flight < 1 || in_flight > in_flight_bound || seconds <= 0 || nowhere < 0) {
    fprintf(stderr, "vfork-loop PROGRAM IN_FLIGHT SECONDS\n");
    return 2;
  }
  struct slot slots[in_flight_bound];
  long runs = 0, room = 65536, failed = 0;
  long *latencies = must(malloc(room * sizeof *latencies));
  long begin = now_us(), end = begin + (long)(seconds * 1e6);
  for (int index = 0; index < in_flight; index++) start(&slots[index], argv[1], nowhere);
  for (int going = in_flight; going > 0;) {
    int status;
    pid_t pid = wait(&status);
    long now = now_us();
    int index = 0;
    while (slots[index].pid != pid) index++;
    if (runs == room) latencies = must(realloc(latencies, (room *= 2) * sizeof *latencies));
    latencies[runs++] = now - slots[index].started_us;
    failed += status != 0;
    slots[index].pid = 0;
    if (now < end) start(&slots[index], argv[1], nowhere);
    else going--;
  }
  long duration = now_us() - begin;
  qsort(latencies, runs, sizeof *latencies, by_size);
  printf("{\"requests\": %ld, \"durationUs\": %ld, \"p50Us\": %ld, \"p99Us\": %ld, \"failed\": %ld, \"ownCpuUs\": %ld, \"childCpuUs\": %ld}\n",
         runs, duration, latencies[runs / 2], latencies[runs * 99 / 100], failed, cpu_us(RUSAGE_SELF), cpu_us(RUSAGE_CHILDREN));
  return 0;
}
