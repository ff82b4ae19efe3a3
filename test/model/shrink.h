/* SPDX-License-Identifier: MIT */
/* shrink: finds a smaller script that shows the same fault. */
#ifndef STLS_MODEL_SHRINK_H
#define STLS_MODEL_SHRINK_H

#include "script.h"

/* Whether a script shows it; `data` is the caller's. */
typedef bool (*shrink_test)(const struct script *script, void *data);

/* Makes `script`, which shows the fault, smaller as long as it still does. */
void shrink_run(struct script *script, shrink_test shows, void *data);

#endif
