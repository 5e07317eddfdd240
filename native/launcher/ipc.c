// Removes what a run has left in the IPC namespace of its init and what outlives processes: System V and POSIX queues, semaphores, shared memory.
#include "ipc.h"

#include <sched.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>

static int queues = -1;                    // the folder of the POSIX queues of our namespace, which is mounted nowhere

static int open_queues(void) {
#ifdef SYS_fsopen
  const int context = (int)syscall(SYS_fsopen, "mqueue", 1u /* FSOPEN_CLOEXEC */);
  const bool made = context >= 0 && syscall(SYS_fsconfig, context, 6u /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0) == 0;
  const int mounted = made ? (int)syscall(SYS_fsmount, context, 1u /* FSMOUNT_CLOEXEC */, 0u) : -1;
  const int folder = mounted < 0 ? -1 : openat(mounted, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (context >= 0) close(context);
  if (mounted >= 0) close(mounted);
  return folder;
#else
  return -1;
#endif
}

static bool has_no_queue(void) {
  char entries[1024];                      // large enough for the longest name in addition to "." and "..", which take 24 bytes each
  if (queues < 0 && (queues = open_queues()) < 0) return false;
  return lseek(queues, 0, SEEK_SET) == 0 && syscall(SYS_getdents64, queues, entries, sizeof entries) == 48;
}

static bool is_empty(void) {
  struct shm_info memory;
  struct seminfo semaphores;
  struct msginfo messages;
  if (shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&memory) < 0 || memory.used_ids > 0) return false;
  if (semctl(0, 0, SEM_INFO, &semaphores) < 0 || semaphores.semusz > 0) return false;
  if (msgctl(0, MSG_INFO, (struct msqid_ds *)(void *)&messages) < 0 || messages.msgpool > 0) return false;
  return has_no_queue();
}

// A new namespace costs as much as everything else between two runs, so it is only created when this one holds something, or when that is unknown.
bool clear_ipc(void) {
  if (is_empty()) return true;
  if (queues >= 0) close(queues);
  queues = -1;
  return unshare(CLONE_NEWIPC) == 0;
}
