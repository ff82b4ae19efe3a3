/* SPDX-License-Identifier: MIT */
/* crash: does something last for a process that a signal ends. */
#include "runner/crash.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
  SECONDS_TO_SAVE = 5
};

static const int signals[] = {SIGSEGV, SIGBUS,  SIGFPE,
                              SIGILL,  SIGABRT, SIGXCPU};

enum {
  NUM_SIGNALS = sizeof signals / sizeof signals[0]
};

static struct sigaction before[NUM_SIGNALS];
static void (*last_act)(void);

static void on_signal(int number, siginfo_t *info, void *context);
static void save_in_copy(void);

void crash_watch(void (*save)(void))
{
  struct sigaction action = {.sa_flags = SA_SIGINFO};

  if (last_act != NULL) return;
  last_act = save;
  action.sa_sigaction = on_signal;
  for (size_t i = 0; i < NUM_SIGNALS; i++)
    sigaction(signals[i], &action, &before[i]);
}

/* A handler may call next to nothing; a copy of the process can be lost. */
static void on_signal(int number, siginfo_t *info, void *context)
{
  pid_t copy;

  (void)context;
  /* Whose handlers these are, a sanitizer or nobody, has the last word. */
  for (size_t i = 0; i < NUM_SIGNALS; i++)
    sigaction(signals[i], &before[i], NULL);
  copy = fork();
  if (copy == 0) save_in_copy();
  while (copy > 0 && waitpid(copy, NULL, 0) < 0 && errno == EINTR) continue;
  /* What faulted does so again; what was sent is not. */
  if (info->si_code <= 0) raise(number);
}

static void save_in_copy(void)
{
  signal(SIGALRM, SIG_DFL);
  alarm(SECONDS_TO_SAVE);
  last_act();
  _exit(0);
}
