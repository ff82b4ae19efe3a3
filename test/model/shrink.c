/* SPDX-License-Identifier: MIT */
/* shrink: finds a smaller script that shows the same fault. */
#include "shrink.h"

#include <string.h>

enum {
  MAX_ROUNDS = 5
};

static bool drop_steps(struct script *script, shrink_test shows, void *data);
static bool clear_settings(struct script *script, shrink_test shows,
                           void *data);
static bool lower_numbers(struct script *script, shrink_test shows, void *data);
static bool lower(struct script *script, uint32_t *number, shrink_test shows,
                  void *data);
static void cut_out(struct script *script, size_t at, size_t len);

void shrink_run(struct script *script, shrink_test shows, void *data)
{
  bool is_smaller = true;

  for (int round = 0; round < MAX_ROUNDS && is_smaller; round++) {
    is_smaller = drop_steps(script, shows, data);
    is_smaller = clear_settings(script, shows, data) || is_smaller;
    is_smaller = lower_numbers(script, shows, data) || is_smaller;
  }
}

/* Long runs of steps first. */
static bool drop_steps(struct script *script, shrink_test shows, void *data)
{
  bool is_smaller = false;

  for (size_t len = script->num_steps; len > 0; len /= 2) {
    size_t at = 0;
    while (at < script->num_steps) {
      struct script less = *script;
      cut_out(&less, at, len);
      if (shows(&less, data)) {
        *script = less;
        is_smaller = true;
      } else {
        at += len;
      }
    }
  }
  return is_smaller;
}

static bool clear_settings(struct script *script, shrink_test shows, void *data)
{
  bool is_smaller = false;

  for (int i = 0; i < NUM_SETTINGS; i++) {
    struct script less = *script;
    if (script->settings[i] == 0) continue;
    less.settings[i] = 0;
    if (!shows(&less, data)) continue;
    *script = less;
    is_smaller = true;
  }
  return is_smaller;
}

static bool lower_numbers(struct script *script, shrink_test shows, void *data)
{
  bool is_smaller = false;

  for (size_t i = 0; i < script->num_steps; i++) {
    is_smaller = lower(script, &script->steps[i].a, shows, data) || is_smaller;
    is_smaller = lower(script, &script->steps[i].b, shows, data) || is_smaller;
  }
  return is_smaller;
}

/* `number` is one of the script's. */
static bool lower(struct script *script, uint32_t *number, shrink_test shows,
                  void *data)
{
  uint32_t before = *number, low = 0, high = *number;

  /* Bisects, as if all above a bound showed it, which is mostly so. */
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    *number = middle;
    if (shows(script, data))
      high = middle;
    else
      low = middle + 1;
  }
  *number = high;
  return *number < before;
}

static void cut_out(struct script *script, size_t at, size_t len)
{
  size_t rest = script->num_steps - at;

  if (len > rest) len = rest;
  memmove(script->steps + at, script->steps + at + len,
          (rest - len) * sizeof script->steps[0]);
  script->num_steps -= len;
}
