// Takes frames of the parent channel (the server, or the launcher of an init) and of the child channels (the inits), and answers them.
#include "commands.h"
#include "begun.h"
#include "init-pool.h"
#include "ipc.h"
#include "output.h"
#include "request.h"
#include "run.h"
#include "starters.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#define LEAVE_MS 1000                      // how soon an end that could not be written down is tried again

static bool stop(struct run *run, struct fields *fields) {
  long long number, grace_ms;
  if (!number_field(fields, 0, SIGRTMAX, &number) || !number_field(fields, -1, 1ll << 53, &grace_ms)) return false;
  run_stop(run, "stop", number == 0 ? run->stop_signal : (int)number, grace_ms < 0 ? run->grace_ms : grace_ms);
  return true;
}

static bool send_signal(struct run *run, struct fields *fields) {
  long long number;
  if (!number_field(fields, 1, SIGRTMAX, &number)) return false;
  // queued, so that the outer end of a sandbox can tell a signal to its program from a signal to all processes
  if (!run->exited) sigqueue(run->pid, (int)number, (union sigval){0});
  return true;
}

static bool resize(struct run *run, struct fields *fields) {
  long long rows, columns;
  if (!number_field(fields, 1, 10000, &rows) || !number_field(fields, 1, 10000, &columns)) return false;
  const struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  if (run->tty) ioctl(run->streams[0].fd, TIOCSWINSZ, &size);
  return true;
}

// For a terminal: bytes that do not fit into its buffer now are lost, as on a real line.
static bool type_in(struct run *run, struct fields *fields) {
  const ssize_t taken = run->tty ? write(run->streams[0].fd, fields->at, (size_t)(fields->end - fields->at)) : 0;
  return (void)taken, true;
}

static bool close_input(struct run *run, struct fields *fields) {
  (void)fields;
  if (run->input >= 0) close(run->input);
  run->input = -1;
  run->arriving = false;
  return true;
}

static void send_to_child(struct run *run, const char *what) {
  frame_add(&run->child->out, VALUES(T(what), T(run->id)));
  channel_flush(run->child);
}

// The parent channel is gone: logs and exit records go to their files, and running programs continue.
static void detach(void) {
  launcher.attached = launcher.clean = false;
  if (!launcher.inside) rest_end(NEVER), starters_tell("detach");
  for (struct run *run = run_next(NULL), *next; run != NULL; run = next) {
    next = run_next(run);
    run->followed = false;
    // a message that is still arriving has broken off: the program must not take the end of the pipe for the end of the message, so the pipe stays open
    if (run->arriving && run->child == NULL) run_stop(run, "input_cut", run->stop_signal, run->grace_ms);
    if (run->child != NULL && run->child->init != NULL) run->child->init->clean = false;
    if (run->child != NULL && run->child->shared) continue;
    if (run->child != NULL) send_to_child(run, "detach");
    else run_leave(run);
  }
  if (launcher.starter) title_starter();
}

// Tries again to record ends that could not be recorded: the disk may have free space by now.
void leave_again(int64_t now) {
  static int64_t next_try;
  if (launcher.attached || now < next_try) return;
  next_try = now + LEAVE_MS;
  for (struct run *run = run_next(NULL), *next; run != NULL; run = next) {
    next = run_next(run);
    if (run->ended && run->child == NULL) run_leave(run);
  }
}

static bool adopt(struct run *run, struct fields *fields) {
  (void)fields;
  launcher.attached = true;
  if (run->ended) tell_ended(run);
  else tell_started(run, "running", run->note);
  return true;
}

static bool follow(struct run *run, struct fields *fields) {
  (void)fields;
  run->followed = true;
  if (run->young) run_watch(run);
  output_spill(run);
  run_grew(run);
  return true;
}

static bool forget(struct run *run, struct fields *fields) {
  (void)fields;
  if (run->ended) run_drop(run);
  if (launcher.clean && run_count() == 0) launcher.clean = clear_ipc();
  return true;
}

static bool end(struct run *run, struct fields *fields) { return (void)fields, run_stop(run, "stop", run->stop_signal, run->grace_ms), true; }
static bool leave(struct run *run, struct fields *fields) { return (void)run, (void)fields, detach(), true; }

static const struct { const char *name; bool (*act)(struct run *, struct fields *); } actions[] = {
    {"stop", stop},   {"signal", send_signal}, {"resize", resize}, {"data", type_in}, {"close-input", close_input},
    {"again", adopt}, {"follow", follow},      {"forget", forget}, {"end", end},      {"detach", leave},
};

// A frame to a starter; what it says of the run we need when the starter is killed.
static void pass_to_starter(struct run *run, const char *name, const char *frame, size_t size) {
  if (*run->reason == 0 && (strcmp(name, "stop") == 0 || strcmp(name, "end") == 0)) run->reason = "stop";
  if (strcmp(name, "follow") == 0) run->followed = true;
  buffer_add(&run->child->out, frame, size);
  if (strcmp(name, "forget") == 0 && run->ended) run_drop(run);
}

// What the launcher does itself for a run in namespaces, before it passes the frame to the init.
static void pass_on(struct run *run, const char *name, const char *frame, size_t size) {
  if (strcmp(name, "forget") == 0) run->forgotten = true;
  if (strcmp(name, "close-input") == 0) close_input(run, NULL);
  if (strcmp(name, "again") == 0) tell_started(run, "enclosed", "");
  buffer_add(&run->child->out, frame, size);
  if (run->forgotten && run->child->init != NULL && run->child->init->clean) rest(run);
  else channel_flush(run->child);
}

// In a starter: a frame of the launcher that is not about one run.
static bool told_to_all(const char *name) {
  if (strcmp(name, "detach") == 0) detach();
  else if (strcmp(name, "attach") == 0) launcher.attached = true;
  else if (strcmp(name, "begun") == 0) leave_begun();
  else launcher.crowded = strcmp(name, "crowded") == 0;
  return true;
}

// Carries out one frame of the parent; false when the parent may not send such a frame. Only `again` gets an answer for a run that is gone.
static bool command(struct channel *channel, struct fields *fields, const char *frame, size_t size) {
  (void)channel;
  const char *name = field(fields), *id = name == NULL ? NULL : field(fields);
  if (id == NULL) return false;
  if (strcmp(name, "start") == 0 && (!launcher.inside || (launcher.clean && run_count() == 0))) return start(fields, id, frame, size);
  if (launcher.starter && *id == 0) return told_to_all(name);
  struct run *run = run_find(id);
  for (size_t index = 0; index < sizeof actions / sizeof *actions; index++) {
    if (strcmp(name, actions[index].name) != 0) continue;
    if (run == NULL && actions[index].act == adopt) tell(VALUES(T("gone"), T(id)));
    if (run == NULL) return true;
    if (run->child == NULL) return actions[index].act(run, fields);
    (run->child->shared ? pass_to_starter : pass_on)(run, name, frame, size);
    return true;
  }
  return false;
}

void lose_parent(struct channel *channel) {
  if (launcher.parent == channel) launcher.parent = NULL, detach();
  channel_free(channel);
}

// `hello` makes a connection the server's, in place of an earlier one; `end` stops every run.
static bool greet(struct channel *channel, struct fields *fields) {
  const char *name = field(fields), *version = name == NULL ? NULL : field(fields);
  if (version == NULL) return false;
  if (strcmp(name, "end") == 0) return stop_all(), true;
  if (strcmp(name, "hello") != 0) return false;
  const bool ours = strcmp(version, PROTOCOL_VERSION) == 0;
  // frames of the earlier connection are carried out first
  if (ours && launcher.parent != NULL) launcher.parent->watch.ready(&launcher.parent->watch, 0);
  if (ours && launcher.parent != NULL) lose_parent(launcher.parent);
  const size_t start = frame_open(&channel->out);
  values_add(&channel->out, VALUES(T("hello"), T(PROTOCOL_VERSION), N(getpid())), NULL, 0);
  for (struct run *run = run_next(NULL); run != NULL; run = run_next(run)) values_add(&channel->out, VALUES(T(run->id)), NULL, 0);
  frame_close(&channel->out, start);
  if (ours) launcher.parent = channel, launcher.attached = true, starters_tell("attach");
  else channel_flush(channel);
  return ours;
}

static bool from_client(struct channel *channel, struct fields *fields, const char *frame, size_t size) {
  return channel == launcher.parent ? command(channel, fields, frame, size) : greet(channel, fields);
}

static void client_ready(struct watch *watch, uint32_t events) {
  (void)events;
  struct channel *channel = (struct channel *)watch;
  if (!channel_take(channel, from_client)) lose_parent(channel);
}

void accept_ready(struct watch *watch, uint32_t events) {
  (void)events;
  const int fd = accept_peer(watch, launcher.uid);
  if (fd >= 0) channel_new(fd, client_ready);
}

// In an init: a frame of its launcher. The launcher has checked the sender, so a frame that is passed on in error does not end the connection.
bool from_launcher(struct channel *channel, struct fields *fields, const char *frame, size_t size) {
  return command(channel, fields, frame, size), true;
}

void launcher_ready(struct watch *watch, uint32_t events) {
  (void)events;
  if (!channel_take((struct channel *)watch, from_launcher)) lose_parent((struct channel *)watch);
}

// A frame of an init: it is passed to the parent unchanged, except for the frame that is meant for us.
static bool from_init(struct channel *channel, struct fields *fields, const char *frame, size_t size) {
  const char *name = field(fields);
  if (name != NULL && channel->init != NULL && strcmp(name, "clean") == 0) channel->init->clean = true;
  else if (launcher.attached) buffer_add(&launcher.parent->out, frame, size);
  return true;
}

// The channel of an init: when an init has ended without being told to, the server is told that the run is gone.
void init_ready(struct watch *watch, uint32_t events) {
  struct channel *child = (struct channel *)watch;
  struct run *run = watch->run;
  (void)events;
  channel_flush(child);
  if (channel_take(child, from_init)) return;
  if (run == NULL) return rest_gone(child);
  if (launcher.attached && !run->forgotten) tell(VALUES(T("gone"), T(run->id)));
  run_drop(run);
}

// Stops every run, each with its own grace period.
void stop_all(void) {
  for (struct run *run = run_next(NULL); run != NULL; run = run_next(run)) {
    if (run->child != NULL) send_to_child(run, "end");
    else end(run, NULL);
  }
}
