/* SPDX-License-Identifier: MIT */
/* setting: reads and sets one thing of an endpoint as text, for each that there is. */
#ifndef STLS_LIB_SETTING_H
#define STLS_LIB_SETTING_H

#include <sanstls/testing.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/string_buffer.h"

/* What is described: a context, and the object that was made of it, or NULL; and what
 * stls_testing_context makes, which is NULL for that itself. */
struct stls_setting_source {
  const stls_context *context;
  const stls_object *object;
  const stls_context *usual;
};

/* What is made: the context, and what its object is to be made with. */
struct stls_setting_target {
  stls_testing *testing;
  stls_context *context;
  stls_object_options options;
  stls_session *session;
  /* As it was given, for later descriptions of the object. */
  const char *session_text;
};

/* The functions of those that are neither a number nor a text of the context. */
typedef stls_result (*stls_setting_get_fn)(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);
typedef stls_result (*stls_setting_set_fn)(struct stls_setting_target *target,
                                           const char *value, stls_error *err);

/* One row: a name, whose it is, and one of three pairs of functions. */
struct stls_setting {
  const char *name;
  /* STLS_CLIENT, STLS_SERVER, or 0 for both. */
  int role;
  /* A number: in decimal; in hexadecimal, with `base` 16; or by the names of its
   * values, from 0 on. */
  int base;
  const char *const *names;
  int64_t (*get_number)(const stls_context *context, int index);
  stls_result (*set_number)(stls_context *context, int index, int64_t value,
                            stls_error *err);
  int index;
  /* A text; NULL is the default. */
  const char *(*get_text)(const stls_context *context);
  stls_result (*set_text)(stls_context *context, const char *value,
                          stls_error *err);
  stls_setting_get_fn get;
  stls_setting_set_fn set;
  /* What is set where there is no value: a context without trust and credential is
   * not what stls_testing_context makes. NULL for nothing. */
  const char *client_default;
  const char *server_default;
};

/* Returns the row by its index, in the order in which they are set; NULL past the
 * end. */
const struct stls_setting *stls_setting_at(size_t index);

/* Returns the row of a name, or NULL. */
const struct stls_setting *stls_setting_find(const char *name);

/* Whether an endpoint of the role has it. */
bool stls_setting_is_of(const struct stls_setting *setting, stls_role role);

/* Writes the value; an empty text for none. */
stls_result stls_setting_get(const struct stls_setting *setting,
                             const struct stls_setting_source *source,
                             struct stls_string_buffer *out, stls_error *err);

/* STLS_ERROR_INPUT: `value` has not the form of such a value, or OpenSSL refuses it.
 * STLS_ERROR_UNSUPPORTED: it is "custom", which stands for what the library cannot
 * make. The message begins with the name. Other results as the setter's. */
stls_result stls_setting_set(const struct stls_setting *setting,
                             struct stls_setting_target *target,
                             const char *value, stls_error *err);

#endif
