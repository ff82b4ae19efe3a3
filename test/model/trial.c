/* SPDX-License-Identifier: MIT */
/* trial: runs walks in child processes, and reports crashes and time-outs. */
#include "trial.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static bool run_one(struct trial *trial, const struct script *script,
                    unsigned seconds);
static bool await(struct trial *trial, pid_t child);

struct trial *trial_new(void)
{
  void *memory = mmap(NULL, sizeof(struct trial), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  return memory == MAP_FAILED ? NULL : memory;
}

void trial_free(struct trial *trial)
{
  if (trial != NULL) munmap(trial, sizeof *trial);
}

bool trial_run_seeds(struct trial *trial, uint64_t first, uint64_t last,
                     unsigned seconds)
{
  pid_t child;

  fflush(NULL);
  trial->fault[0] = '\0';
  child = fork();
  if (child == 0) {
    struct script script;
    bool is_right = true;
    for (uint64_t seed = first; seed <= last && is_right; seed++) {
      script_make(&script, seed);
      is_right = run_one(trial, &script, seconds);
    }
    exit(is_right ? 0 : 1);
  }
  return await(trial, child);
}

bool trial_run_script(struct trial *trial, const struct script *script,
                      unsigned seconds)
{
  pid_t child;

  fflush(NULL);
  trial->fault[0] = '\0';
  child = fork();
  if (child == 0) exit(run_one(trial, script, seconds) ? 0 : 1);
  return await(trial, child);
}

/* SIGALRM ends a walk that takes too long. */
static bool run_one(struct trial *trial, const struct script *script,
                    unsigned seconds)
{
  bool has_fault;

  trial->seed = script->seed;
  alarm(seconds);
  has_fault =
      walk_has_fault(script, &trial->tally, trial->fault, sizeof trial->fault);
  alarm(0);
  return !has_fault;
}

static bool await(struct trial *trial, pid_t child)
{
  int status = 0;

  if (child < 0 || waitpid(child, &status, 0) != child) {
    snprintf(trial->fault, sizeof trial->fault, "no process to run it in");
    return false;
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
    snprintf(trial->fault, sizeof trial->fault, "it takes too long");
  else if (WIFSIGNALED(status))
    snprintf(trial->fault, sizeof trial->fault, "it dies of %s",
             strsignal(WTERMSIG(status)));
  else if (WEXITSTATUS(status) != 0 && trial->fault[0] == '\0')
    snprintf(trial->fault, sizeof trial->fault, "it ends with status %d",
             WEXITSTATUS(status));
  return trial->fault[0] == '\0';
}
