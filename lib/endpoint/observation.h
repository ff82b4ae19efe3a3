/* SPDX-License-Identifier: MIT */
/* observation: surrounds a call on an object that is observed. */
#ifndef STLS_LIB_OBSERVATION_H
#define STLS_LIB_OBSERVATION_H

#include <sanstls/observer.h>

#include "base/cold.h"
#include "endpoint/object.h"

/*
 * What stls_call_enter returns STLS_CALL_OBSERVED for. Between `begin` and `end` the
 * function calls itself, and that call is not observed: an object without an observer
 * takes no other way than before.
 */
struct stls_observation {
  stls_object *object;
  stls_call_event event;
};

/* Makes one without spans, and begins it. */
STLS_COLD struct stls_observation stls_observation_of(stls_object *object,
                                                      const char *call,
                                                      int argument);

/* Makes one of a call that was given these spans, unchecked, without beginning it. */
STLS_COLD struct stls_observation stls_observation_of_write(
    stls_object *object, const char *call, const stls_span *spans,
    size_t num_spans);
STLS_COLD struct stls_observation stls_observation_of_read(
    stls_object *object, const char *call, const stls_writable_span *spans,
    size_t num_spans);

STLS_COLD void stls_observation_begin(struct stls_observation *it);

/* Returns `result`. `out_done` counts the bytes of the spans; NULL stands for 0. The
 * object may be freed afterwards. */
STLS_COLD stls_result stls_observation_end(struct stls_observation *it,
                                           stls_result result,
                                           const size_t *out_done);

#endif
