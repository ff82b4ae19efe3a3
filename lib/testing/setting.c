/* SPDX-License-Identifier: MIT */
/* setting: reads and sets one thing of an endpoint as text, for each that there is. */
#include "testing/setting.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "testing/setting_table.h"

static void put_number(const struct stls_setting *setting, int64_t number,
                       struct stls_string_buffer *out);
static stls_result set_value(const struct stls_setting *setting,
                             struct stls_setting_target *target,
                             const char *value, stls_error *err);
static bool parse_number(const struct stls_setting *setting, const char *value,
                         int64_t *out_number);
static stls_result name_failure(const struct stls_setting *setting,
                                const stls_error *failure, stls_error *err);

const struct stls_setting *stls_setting_at(size_t index)
{
  return index < stls_setting_table_len ? &stls_setting_table[index] : NULL;
}

const struct stls_setting *stls_setting_find(const char *name)
{
  for (size_t i = 0; i < stls_setting_table_len; i++)
    if (strcmp(stls_setting_table[i].name, name) == 0)
      return &stls_setting_table[i];
  return NULL;
}

bool stls_setting_is_of(const struct stls_setting *setting, stls_role role)
{
  return setting->role == 0 || setting->role == (int)role;
}

stls_result stls_setting_get(const struct stls_setting *setting,
                             const struct stls_setting_source *source,
                             struct stls_string_buffer *out, stls_error *err)
{
  const char *text;
  stls_result result;

  if (setting->get != NULL) {
    result = setting->get(source, out, err);
    if (result != STLS_OK) return result;
  } else if (setting->get_number != NULL) {
    put_number(setting, setting->get_number(source->context, setting->index),
               out);
  } else {
    text = setting->get_text(source->context);
    stls_string_buffer_puts(out, text == NULL ? "" : text);
  }
  return out->has_failed ? stls_error_memory(err) : STLS_OK;
}

stls_result stls_setting_set(const struct stls_setting *setting,
                             struct stls_setting_target *target,
                             const char *value, stls_error *err)
{
  stls_error failure = STLS_ERROR_INIT;
  stls_result result;

  if (strncmp(value, "custom", 6) == 0 && strchr(" ", value[6]) != NULL)
    return stls_error_fail(
        err, STLS_ERROR_UNSUPPORTED, STLS_REASON_NOT_SUPPORTED,
        "%s: a replay cannot make \"%.100s\"", setting->name, value);
  result = set_value(setting, target, value, &failure);
  return result == STLS_OK ? STLS_OK : name_failure(setting, &failure, err);
}

static stls_result set_value(const struct stls_setting *setting,
                             struct stls_setting_target *target,
                             const char *value, stls_error *err)
{
  int64_t number;

  if (setting->set != NULL) return setting->set(target, value, err);
  if (setting->set_text != NULL)
    return setting->set_text(target->context, value, err);
  if (!parse_number(setting, value, &number))
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                           "\"%.100s\" is no value", value);
  return setting->set_number(target->context, setting->index, number, err);
}

static void put_number(const struct stls_setting *setting, int64_t number,
                       struct stls_string_buffer *out)
{
  char text[32];

  if (setting->names != NULL) {
    stls_string_buffer_puts(out, setting->names[number]);
    return;
  }
  if (setting->base == 16)
    snprintf(text, sizeof text, "0x%" PRIx64, (uint64_t)number);
  else
    snprintf(text, sizeof text, "%" PRId64, number);
  stls_string_buffer_puts(out, text);
}

static bool parse_number(const struct stls_setting *setting, const char *value,
                         int64_t *out_number)
{
  char *end = NULL;

  if (setting->names != NULL) {
    for (int64_t i = 0; setting->names[i] != NULL; i++)
      if (strcmp(setting->names[i], value) == 0) {
        *out_number = i;
        return true;
      }
    return false;
  }
  /* One form for one number: no blanks, signs, or zeroes in front. */
  if (setting->base == 16 && strncmp(value, "0x", 2) != 0) return false;
  if (setting->base != 16 && strspn(value, "-0123456789") != strlen(value))
    return false;
  *out_number = setting->base == 16 ? (int64_t)strtoull(value, &end, 16)
                                    : (int64_t)strtoll(value, &end, 10);
  return end != value && *end == '\0';
}

static stls_result name_failure(const struct stls_setting *setting,
                                const stls_error *failure, stls_error *err)
{
  stls_error named = *failure;
  const size_t len = strlen(setting->name);

  snprintf(named.message, sizeof named.message, "%s: ", setting->name);
  snprintf(named.message + len + 2, sizeof named.message - len - 2, "%s",
           failure->message);
  stls_error_store(err, &named);
  return failure->result;
}
