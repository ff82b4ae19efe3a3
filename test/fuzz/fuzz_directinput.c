/* SPDX-License-Identifier: MIT */
/* fuzz_directinput: target: direct records, compared with libssl's. */
#include <string.h>

#include "fuzz.h"
#include "record_script.h"

enum {
  MAX_STEPS = 150,
  /* After a failure every call gives the same answer. */
  MAX_STEPS_AFTER_FAILURE = 4
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
  static struct record_world worlds[2];
  struct record_world_setting setting;
  struct record_script_step step;
  int num_after = 0;

  if (len < RECORD_SCRIPT_SETTING_LEN) return 0;
  record_script_set(data, &setting);
  data += RECORD_SCRIPT_SETTING_LEN;
  len -= RECORD_SCRIPT_SETTING_LEN;
  for (int i = 0; i < 2; i++) record_world_open(&worlds[i], i, &setting);
  for (int num = 0; num < MAX_STEPS && num_after < MAX_STEPS_AFTER_FAILURE &&
                    record_script_next(&data, &len, &step);
       num++) {
    for (int i = 0; i < 2; i++) record_script_run(&worlds[i], &step);
    record_world_compare(&worlds[0], &worlds[1]);
    num_after += worlds[0].result < 0 && worlds[0].result != STLS_ERROR_MISUSE;
  }
  for (int i = 0; i < 2; i++) record_script_end(&worlds[i]);
  record_world_compare(&worlds[0], &worlds[1]);
  for (int i = 0; i < 2; i++) record_world_close(&worlds[i]);
  return 0;
}
