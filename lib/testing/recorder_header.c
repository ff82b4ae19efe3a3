/* SPDX-License-Identifier: MIT */
/* recorder_header: writes the header of a transcript. */
#include "testing/recorder_header.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/mem.h"
#include "testing/configuration.h"
#include "testing/hex.h"
#include "testing/openssl_build.h"

#define NAME_SIZE ((size_t)64)

/* Where the lines of a configuration go. */
struct sink {
  stls_transcript *transcript;
  const char *prefix;
};

static bool add(stls_transcript *transcript, const char *name,
                const char *value);
static bool add_number(stls_transcript *transcript, const char *name,
                       uint64_t number);
static bool add_world(stls_transcript *transcript, const stls_testing *testing,
                      const char *prefix);
static bool put_line(void *data, const char *name, const char *value);
static bool add_certificates(stls_transcript *transcript,
                             const stls_conninfo *info);

stls_result stls_recorder_header_write(stls_transcript *transcript,
                                       const stls_object *object,
                                       const stls_transcript_options *options,
                                       stls_error *err)
{
  struct sink own = {transcript, "config."},
              peer = {transcript, "peer.config."};
  char build[STLS_OPENSSL_BUILD_SIZE];
  stls_result result;

  transcript->role = stls_context_role(stls_object_context(object));
  transcript->seed =
      options->testing == NULL ? 0 : stls_testing_seed(options->testing);
  transcript->time = options->testing == NULL
                         ? (int64_t)time(NULL)
                         : stls_testing_time(options->testing);
  if (!stls_openssl_build_describe(build)) return stls_error_memory(err);
  if (!add(transcript, "openssl", OpenSSL_version(OPENSSL_VERSION_STRING)) ||
      !add(transcript, "openssl-build", build) ||
      !add(transcript, "library", stls_version_text()) ||
      !add(transcript, "role", stls_role_name(transcript->role)) ||
      !add_world(transcript, options->testing, ""))
    return stls_error_memory(err);
  result = stls_configuration_describe(object, put_line, &own, err);
  if (result != STLS_OK || options->peer == NULL) return result;
  if (!add_world(transcript, options->peer_testing, "peer."))
    return stls_error_memory(err);
  return stls_configuration_describe(options->peer, put_line, &peer, err);
}

bool stls_recorder_header_add_facts(stls_transcript *transcript,
                                    const stls_object *object)
{
  const stls_conninfo *info = stls_object_conninfo(object);
  const char *version = stls_conninfo_version_name(info);
  const char *cipher = stls_conninfo_cipher_name(info);

  if (version != NULL && !add(transcript, "version", version)) return false;
  if (cipher != NULL && !add(transcript, "cipher", cipher)) return false;
  if (stls_conninfo_established(info) &&
      !add(transcript, "records",
           stls_conninfo_direct_records(info) ? "direct" : "libssl"))
    return false;
  return add_certificates(transcript, info);
}

static bool add(stls_transcript *transcript, const char *name,
                const char *value)
{
  return stls_transcript_add_header(transcript, name, strlen(name), value,
                                    strlen(value));
}

static bool add_number(stls_transcript *transcript, const char *name,
                       uint64_t number)
{
  char text[32];

  snprintf(text, sizeof text, "%llu", (unsigned long long)number);
  return add(transcript, name, text);
}

/* The clock is that of the machine where there is no world. */
static bool add_world(stls_transcript *transcript, const stls_testing *testing,
                      const char *prefix)
{
  char name[NAME_SIZE], text[32];

  if (testing != NULL) {
    snprintf(name, sizeof name, "%sseed", prefix);
    if (!add_number(transcript, name, stls_testing_seed(testing))) return false;
    snprintf(name, sizeof name, "%sdrawn", prefix);
    if (!add_number(transcript, name, stls_testing_num_drawn(testing)))
      return false;
  }
  snprintf(name, sizeof name, "%stime", prefix);
  snprintf(text, sizeof text, "%lld",
           (long long)(testing == NULL ? (int64_t)time(NULL)
                                       : stls_testing_time(testing)));
  return add(transcript, name, text);
}

static bool put_line(void *data, const char *name, const char *value)
{
  const struct sink *sink = data;
  char whole[NAME_SIZE];

  snprintf(whole, sizeof whole, "%s%s", sink->prefix, name);
  return add(sink->transcript, whole, value);
}

/* Those that the peer sent: a client without a certificate is none. */
static bool add_certificates(stls_transcript *transcript,
                             const stls_conninfo *info)
{
  stls_certificate_list *list = NULL;
  bool is_added = true;

  if (stls_conninfo_presented_chain(info, &list, NULL) != STLS_OK) return true;
  for (size_t i = 0; i < stls_certificate_list_count(list) && is_added; i++) {
    const uint8_t *digest =
        stls_certificate_sha256(stls_certificate_list_at(list, i));
    struct stls_string_buffer text = {0};
    char name[NAME_SIZE];
    if (digest == NULL) continue;
    snprintf(name, sizeof name, "certificate.peer.%zu", i);
    stls_string_buffer_puts(&text, "sha256 ");
    stls_hex_put(&text, digest, 32);
    is_added = !text.has_failed &&
               stls_transcript_add_header(transcript, name, strlen(name),
                                          text.data, text.len);
    stls_string_buffer_free(&text);
  }
  stls_certificate_list_free(list);
  return is_added;
}
