// What comes down, from the server or from the launcher of an init, and what goes up.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "launcher.h"

static struct buffer *up(void) { return &self.up->out; }

void tell(struct run *run, const char *what) {
  if (self.up == NULL) return;
  const size_t start = frame_open(up());
  frame_text(up(), what);
  frame_text(up(), run->id);
  frame_close(up(), start);
}

void tell_failed(const char *id, int error, const char *stage) {
  if (self.up == NULL) return;
  const size_t start = frame_open(up());
  frame_text(up(), "failed");
  frame_text(up(), id);
  frame_number(up(), error);
  frame_text(up(), stage);
  frame_close(up(), start);
}

// `enclosed`: its init runs; `started`, `running`: the program does. An init does not know its numbers outside: it says 0 and -1.
void tell_started(struct run *run, const char *what, bool with_note) {
  if (self.up == NULL) return;
  const size_t start = frame_open(up());
  frame_text(up(), what);
  frame_text(up(), run->id);
  frame_number(up(), run->started_ms);
  frame_number(up(), self.inside ? 0 : run->pid);
  frame_number(up(), self.inside ? -1 : run->input);
  if (with_note) frame_text(up(), run->note);
  frame_close(up(), start);
}

void tell_ended(struct run *run) {
  if (up()->length > PENDING_BYTES) output_spill(run);
  const size_t start = frame_open(up());
  ended_frame(run, up(), run->own_log < 0 && run->write_error == 0);
  frame_close(up(), start);
}

void announce_growth(void) {
  if (!self.growth) return;
  self.growth = false;
  for (struct run *run = run_next(NULL); run != NULL && self.up != NULL; run = run_next(run)) {
    if (!run->followed || !run->grew || run->ended) continue;
    run->grew = false;
    const size_t start = frame_open(up());
    frame_text(up(), "log");
    frame_text(up(), run->id);
    frame_number(up(), (long long)run->log_size);
    frame_close(up(), start);
  }
}

static bool read_request(struct fields *fields, struct request *request) {
  const char **texts[] = {&request->level, &request->note, &request->cwd, &request->exec, &request->input, &request->input_path, &request->keep};
  for (size_t index = 0; index < sizeof texts / sizeof *texts; index++)
    if ((*texts[index] = field(fields)) == NULL) return false;
  long long *numbers[] = {&request->uid, &request->gid, &request->timeout_ms, &request->grace_ms, &request->output_limit, &request->rows,
                          &request->columns, &request->limits[0], &request->limits[1], &request->limits[2], &request->limits[3]};
  for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++)
    if (!number_field(fields, -1, 1ll << 53, numbers[index])) return false;
  return request->timeout_ms >= 0 && request->grace_ms >= 0 && request->output_limit >= 0 && list_field(fields, &request->masks) &&
         list_field(fields, &request->cgroups) && list_field(fields, &request->argv) && list_field(fields, &request->environment) &&
         (request->message = fields->at, request->message_bytes = (size_t)(fields->end - fields->at), true);
}

static void start_run(const struct request *request) {
  const bool enclosed = strcmp(request->level, "pidns") == 0;
  struct run *run = run_new(request);
  const char *stage = "input";
  const int input = open_input(request, run);
  int error = input < 0 ? errno : 0;
  if (error == 0 && enclosed) stage = "namespaces", error = enclose(request, run, input);
  else if (error == 0) error = begin(request, run, input, &stage);
  if (error != 0) {
    tell_failed(request->id, error, stage);
    run_drop(run);
    return;
  }
  if (!enclosed) run_supervise(run, request);
  tell_started(run, enclosed ? "enclosed" : "started", false);
}

static bool start(struct fields *fields, const char *id) {
  struct request request = {.id = id};
  const bool well = strlen(id) > 0 && strlen(id) < ID_BYTES && strchr(id, '/') == NULL && id[0] != '.' && read_request(fields, &request);
  if (well && run_find(id) == NULL) start_run(&request);
  char **lists[] = {request.masks, request.cgroups, request.argv, request.environment};
  for (size_t index = 0; index < sizeof lists / sizeof *lists; index++) free(lists[index]);
  return well;
}

static bool stop(struct fields *fields, struct run *run) {
  long long signal, grace_ms;
  if (!number_field(fields, 1, 64, &signal) || !number_field(fields, -1, 1ll << 53, &grace_ms)) return false;
  run_stop(run, "stop", (int)signal, grace_ms < 0 ? run->grace_ms : grace_ms);
  return true;
}

static bool send_signal(struct fields *fields, struct run *run) {
  long long signal;
  if (!number_field(fields, 1, 64, &signal)) return false;
  if (!run->exited) kill(run->pid, (int)signal);
  return true;
}

static bool follow(struct fields *fields, struct run *run) { return (void)fields, run_follow(run), true; }

static bool close_input(struct fields *fields, struct run *run) {
  (void)fields;
  if (run->input >= 0) close(run->input);
  run->input = -1;
  run->arriving = false;
  return true;
}

static bool resize(struct fields *fields, struct run *run) {
  long long rows, columns;
  if (!number_field(fields, 1, 10000, &rows) || !number_field(fields, 1, 10000, &columns)) return false;
  const struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  if (run->tty && run->streams[0].fd >= 0) ioctl(run->streams[0].fd, TIOCSWINSZ, &size);
  return true;
}

// For a terminal: what does not fit into it now is lost, as on a real line.
static bool type_in(struct fields *fields, struct run *run) {
  const size_t length = (size_t)(fields->end - fields->at);
  return !run->tty || run->streams[0].fd < 0 || write(run->streams[0].fd, fields->at, length) >= 0 || errno == EAGAIN || errno == EIO;
}

static bool forget(struct fields *fields, struct run *run) { return (void)fields, run->ended ? run_drop(run) : (void)0, true; }

static bool again(struct fields *fields, struct run *run) {
  (void)fields;
  self.attached = true;
  if (run->ended) tell_ended(run);
  else tell_started(run, "running", true);
  return true;
}

static bool leave(struct fields *fields, struct run *run) { return (void)fields, (void)run, detach(), true; }

static bool stop_own(struct fields *fields, struct run *run) {
  (void)fields;
  run_stop(run, "stop", SIGTERM, run->grace_ms);
  return true;
}

static const struct { const char *name; bool (*act)(struct fields *, struct run *); } actions[] = {
    {"stop", stop},     {"signal", send_signal}, {"follow", follow}, {"close-input", close_input}, {"resize", resize},
    {"data", type_in},  {"forget", forget},      {"again", again},   {"detach", leave},    {"end", stop_own},
};

// What the launcher does itself for a run in namespaces, before its init hears of it.
static void pass_on(struct run *run, const char *name, const char *frame, size_t size) {
  if (strcmp(name, "forget") == 0) run->forgotten = true;
  if (strcmp(name, "close-input") == 0) close_input(NULL, run);
  if (strcmp(name, "again") == 0) tell_started(run, "enclosed", false);
  buffer_add(&run->link->out, frame, size);
}

// One frame of the other side; false when it is not one that it may send. A run that is gone hears nothing.
bool command(struct fields *fields, const char *frame, size_t size) {
  const char *name = field(fields), *id = name == NULL ? NULL : field(fields);
  if (id == NULL) return false;
  if (!self.inside && strcmp(name, "start") == 0) return start(fields, id);
  struct run *run = run_find(id);
  for (size_t index = 0; index < sizeof actions / sizeof *actions; index++) {
    if (strcmp(name, actions[index].name) != 0) continue;
    if (run == NULL) return true;
    if (run->link == NULL) return actions[index].act(fields, run);
    pass_on(run, name, frame, size);
    return true;
  }
  return false;
}

// An init speaks: its frames go on as they are. An init that went without being told to is gone, and the server hears so.
void link_ready(struct watch *watch, uint32_t events) {
  (void)events;
  struct channel *link = (struct channel *)watch;
  struct fields fields;
  size_t size;
  const bool open = channel_read(link);
  for (; frame_take(&link->in, &fields, &size) == 1; buffer_drop(&link->in, size))
    if (self.attached) buffer_add(up(), link->in.data, size);
  if (open) return;
  struct run *run = watch->run;
  if (self.attached && !run->forgotten) tell(run, "gone");
  run_drop(run);
}

static void send_down(struct run *run, const char *what) {
  const size_t start = frame_open(&run->link->out);
  frame_text(&run->link->out, what);
  frame_text(&run->link->out, run->id);
  frame_close(&run->link->out, start);
}

// Nobody listens any more: logs go to their files, records of what ended too; what runs goes on.
void detach(void) {
  self.attached = false;
  for (struct run *run = run_next(NULL), *next; run != NULL; run = next) {
    next = run_next(run);
    run->followed = false;
    // a message that is still arriving has broken off: its program must not take the end of the pipe for its end
    if (run->arriving && run->link == NULL) run_stop(run, "input_cut", SIGTERM, run->grace_ms);
    if (!run->held) close_input(NULL, run);
    if (run->link != NULL) send_down(run, "detach");
    else output_leave(run);
    if (run->ended && run->link == NULL) run_drop(run);
  }
}

// Every run is stopped, each with its own grace.
void stop_all(void) {
  for (struct run *run = run_next(NULL); run != NULL; run = run_next(run)) {
    if (run->link != NULL) send_down(run, "end");
    else stop_own(NULL, run);
  }
}
