/* SPDX-License-Identifier: MIT */
/* transcript_endpoint: makes the endpoint that a transcript describes. */
#include <inttypes.h>
#include <sanstls/clock.h>
#include <sanstls/transcript.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "testing/configuration.h"
#include "testing/testing.h"
#include "testing/transcript_format.h"

/* Names of the header with what is before them. */
struct header {
  const stls_transcript *transcript;
  const char *prefix;
};

/* Longer than any that there is. */
#define NAME_SIZE 128

static stls_result open_header(const stls_transcript *transcript,
                               stls_role role, struct header *out_header,
                               stls_error *err);
static stls_result make_world(const struct header *header,
                              stls_testing **out_testing, stls_error *err);
static stls_result check_seed(const struct header *header, stls_error *err);
static stls_result make_object(const struct header *header, stls_role role,
                               stls_testing *testing, stls_object **out_object,
                               stls_error *err);
static stls_result check_names(const struct header *header, stls_error *err);
static stls_result read_number(const struct header *header, const char *name,
                               uint64_t *out_number, stls_error *err);
static const char *value_of(const struct header *header, const char *name);
static const char *get_setting(void *data, const char *name);

stls_result stls_transcript_endpoint(const stls_transcript *transcript,
                                     stls_role role, stls_testing **out_testing,
                                     stls_object **out_object, stls_error *err)
{
  struct header header;
  stls_testing *testing = NULL;
  stls_result result = open_header(transcript, role, &header, err);

  if (result != STLS_OK) return result;
  if (out_testing == NULL) return stls_error_null(err, "out_testing");
  if (out_object == NULL) return stls_error_null(err, "out_object");
  result = check_names(&header, err);
  if (result == STLS_OK) result = make_world(&header, &testing, err);
  if (result == STLS_OK)
    result = make_object(&header, role, testing, out_object, err);
  if (result == STLS_OK)
    *out_testing = testing;
  else
    stls_testing_free(testing);
  return result;
}

stls_result stls_transcript_world(const stls_transcript *transcript,
                                  stls_role role, stls_testing **out_testing,
                                  stls_error *err)
{
  struct header header;
  stls_result result = open_header(transcript, role, &header, err);

  if (result != STLS_OK) return result;
  if (out_testing == NULL) return stls_error_null(err, "out_testing");
  return make_world(&header, out_testing, err);
}

static stls_result open_header(const stls_transcript *transcript,
                               stls_role role, struct header *out_header,
                               stls_error *err)
{
  if (transcript == NULL) return stls_error_null(err, "transcript");
  if (role != STLS_CLIENT && role != STLS_SERVER)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "role %d is not a stls_role", (int)role);
  out_header->transcript = transcript;
  out_header->prefix = role == stls_transcript_role(transcript) ? "" : "peer.";
  return STLS_OK;
}

/* What is not known would be left out in silence. */
static stls_result check_names(const struct header *header, stls_error *err)
{
  const size_t count = stls_transcript_header_count(header->transcript);
  char prefix[NAME_SIZE];

  snprintf(prefix, sizeof prefix, "%sconfig.", header->prefix);
  for (size_t i = 0; i < count; i++) {
    const char *name = NULL;

    (void)stls_transcript_header_at(header->transcript, i, &name);
    if (strncmp(name, prefix, strlen(prefix)) == 0 &&
        !stls_configuration_has(name + strlen(prefix)))
      return stls_error_fail(err, STLS_ERROR_UNSUPPORTED,
                             STLS_REASON_NOT_SUPPORTED,
                             "%.100s: this library does not know it", name);
  }
  return STLS_OK;
}

static stls_result make_world(const struct header *header,
                              stls_testing **out_testing, stls_error *err)
{
  uint64_t unix_time = 0;
  struct stls_random_seed seed;
  stls_result result = check_seed(header, err);

  if (result == STLS_OK) result = read_number(header, "time", &unix_time, err);
  if (result != STLS_OK) return result;
  if (unix_time < STLS_CLOCK_FIRST || unix_time > STLS_CLOCK_LAST)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_OUT_OF_RANGE,
                           "%stime: %s is out of range", header->prefix,
                           value_of(header, "time"));
  (void)stls_random_seed_parse(value_of(header, "seed"), &seed);
  result = stls_testing_make(&seed, (int64_t)unix_time, out_testing, err);
  stls_mem_wipe(&seed, sizeof seed);
  return result;
}

static stls_result check_seed(const struct header *header, stls_error *err)
{
  const char *text = value_of(header, "seed");
  struct stls_random_seed seed;
  bool is_seed;

  if (text == NULL)
    return stls_error_fail(
        err, STLS_ERROR_UNSUPPORTED, STLS_REASON_NOT_SUPPORTED,
        "the transcript does not say how its %s was made: it has no %sseed",
        *header->prefix == '\0' ? "endpoint" : "peer", header->prefix);
  if (strcmp(text, STLS_TRANSCRIPT_NO_SEED) == 0)
    return stls_error_fail(
        err, STLS_ERROR_UNSUPPORTED, STLS_REASON_NOT_SUPPORTED,
        "%sseed: it is secret, and was not recorded: only with_secrets makes "
        "a transcript of such a world that can be replayed",
        header->prefix);
  is_seed = stls_random_seed_parse(text, &seed);
  stls_mem_wipe(&seed, sizeof seed);
  if (is_seed) return STLS_OK;
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                         "%sseed: \"%.100s\" is not a number", header->prefix,
                         text);
}

static stls_result make_object(const struct header *header, stls_role role,
                               stls_testing *testing, stls_object **out_object,
                               stls_error *err)
{
  struct header settings = *header;
  stls_object *object = NULL;
  uint64_t drawn = 0;
  stls_result result = STLS_OK;

  if (value_of(header, "drawn") != NULL)
    result = read_number(header, "drawn", &drawn, err);
  if (result == STLS_OK)
    result = stls_configuration_apply(testing, role, get_setting, &settings,
                                      &object, err);
  if (result != STLS_OK) return result;
  /* The context may have been made in another way, or had other objects before. */
  if (value_of(header, "drawn") != NULL) stls_testing_seek(testing, drawn);
  *out_object = object;
  return STLS_OK;
}

static stls_result read_number(const struct header *header, const char *name,
                               uint64_t *out_number, stls_error *err)
{
  const char *value = value_of(header, name);
  char *end = NULL;

  if (value != NULL && value[0] >= '0' && value[0] <= '9')
    *out_number = strtoull(value, &end, 10);
  if (end != NULL && *end == '\0') return STLS_OK;
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                         "%s%s: \"%.100s\" is not a number", header->prefix,
                         name, value == NULL ? "" : value);
}

static const char *value_of(const struct header *header, const char *name)
{
  char full[NAME_SIZE];

  snprintf(full, sizeof full, "%s%s", header->prefix, name);
  return stls_transcript_header(header->transcript, full);
}

static const char *get_setting(void *data, const char *name)
{
  const struct header *header = data;
  const char *value;
  char full[NAME_SIZE];

  snprintf(full, sizeof full, "config.%s", name);
  value = value_of(header, full);
  /* Of what only the application has, the part that was used is noted. */
  if (value != NULL && strcmp(name, "trust") == 0 &&
      strcmp(value, "custom") == 0 && value_of(header, "trust-anchor") != NULL)
    value = value_of(header, "trust-anchor");
  return value;
}
