// Reads a start frame and starts its run: under supervision here, in a starter, or in an init.
#include "request.h"
#include "begun.h"
#include "descriptors.h"
#include "init-pool.h"
#include "namespaces.h"
#include "output.h"
#include "run.h"
#include "start.h"
#include "starters.h"

#define LARGEST_ID 4294967294              // a larger number would become another id

// A user of the machine has groups, is never root, and is no run's own.
static bool is_user(const struct request *request) {
  size_t count = 0;
  for (char **group = request->groups; *group != NULL; group++, count++) {
    const size_t digits = strspn(*group, "0123456789");
    if (digits == 0 || digits > 10 || (*group)[digits] != 0 || strtoull(*group, NULL, 10) > LARGEST_ID) return false;
  }
  if (request->uid > LARGEST_ID || request->gid > LARGEST_ID) return false;
  return count == 0 || (count <= GROUPS && request->uid > 0 && request->own <= 0);
}

static bool read_request(struct fields *fields, struct request *request) {
  const char **texts[] = {&request->level, &request->note,       &request->cwd, &request->exec,
                          &request->input, &request->input_path, &request->keep};
  for (size_t index = 0; index < sizeof texts / sizeof *texts; index++)
    if ((*texts[index] = field(fields)) == NULL) return false;
  long long *numbers[] = {&request->uid, &request->gid, &request->own, &request->timeout_ms, &request->stop_signal, &request->grace_ms,
                          &request->output_limit, &request->rows, &request->columns, &request->hold,
                          &request->limits[0], &request->limits[1], &request->limits[2], &request->limits[3], &request->limits[4]};
  for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++)
    if (!number_field(fields, -1, 1ll << 53, numbers[index])) return false;
  char ***lists[] = {&request->pipes, &request->masks, &request->cgroups, &request->argv, &request->environment, &request->groups};
  for (size_t index = 0; index < sizeof lists / sizeof *lists; index++)
    if (!list_field(fields, lists[index])) return false;
  if (!is_user(request)) return false;
  request->message = fields->at;
  request->message_bytes = (size_t)(fields->end - fields->at);
  if (request->stop_signal < 1 || request->stop_signal > SIGRTMAX) return false;
  return request->timeout_ms >= 0 && request->grace_ms >= 0 && request->hold >= 0 && request->output_limit >= 0 && *request->argv != NULL;
}

// Whether enough descriptors are left for running runs, each of which may need a file for its log. The lowest free number shows this. Else inits
// that rest give theirs back.
static bool has_room(void) {
  const int lowest = fcntl(launcher.runs_dir, F_DUPFD_CLOEXEC, 0);
  if (lowest < 0) return false;
  close(lowest);
  if (descriptors_left(lowest, run_count())) return true;
  rest_end(NEVER);
  return errno = EMFILE, false;
}

static void start_run(const struct request *request) {
  const bool enclosed = strcmp(request->level, "pidns") == 0;
  struct run *run = run_new(request);
  const char *stage = launcher.leaving ? "input" : "record";
  int error = launcher.leaving ? ESHUTDOWN : open_begun() ? 0 : errno, input = -1;
  if (error == 0 && enclosed && rest_take(request, run)) return tell_started(run, "enclosed", "");
  if (error == 0 && !enclosed && starters_take(request, run)) return;
  if (error == 0 && !launcher.starter && !has_room()) error = errno;
  if (error == 0 && !make_pipes(request, run)) stage = "named pipe", error = errno;
  else if (error == 0 && (input = open_input(request, run)) < 0) stage = "input", error = errno;
  if (error == 0 && enclosed) stage = "namespaces", error = enclose(request, run, input);
  else if (error == 0) error = begin(request, run, input, &stage);
  if (error != 0) {
    tell(VALUES(T("failed"), T(request->id), N(error), T(stage)));
    run_drop(run);
    return;
  }
  if (!enclosed) run_supervise(run, request);
  tell_started(run, enclosed ? "enclosed" : "started", "");
}

bool start(struct fields *fields, const char *id, const char *frame, size_t size) {
  struct request request = {.id = id, .frame = frame, .size = size};
  const bool well = *id != 0 && strlen(id) < ID_BYTES && strchr(id, '/') == NULL && *id != '.' && read_request(fields, &request);
  if (well && run_find(id) == NULL) launcher.inside ? serve_again(&request) : start_run(&request);
  char **lists[] = {request.pipes, request.masks, request.cgroups, request.argv, request.environment, request.groups};
  for (size_t index = 0; index < sizeof lists / sizeof *lists; index++) free(lists[index]);
  return well;
}
