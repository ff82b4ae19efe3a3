/* SPDX-License-Identifier: MIT */
/* kit: what the suites call of a kit, whichever it is. */
#ifndef KIT_H
#define KIT_H

#include <stddef.h>
#include <stdint.h>

#include "fake_peer.h"

typedef struct kit {
  void (*start)(void);
  void (*connect)(const fake_peer *peer, const fake_faults *faults);
  const char *(*end)(void);
  uint64_t (*now_ms)(void);
  const fake_line *(*line)(size_t index);
} kit;

#endif
