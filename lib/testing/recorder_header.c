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
#include "testing/transcript_format.h"

#define NAME_SIZE ((size_t)64)

/* Where the lines of a configuration go. */
struct sink {
  stls_transcript *transcript;
  const char *prefix;
};

static bool add(stls_transcript *transcript, const char *name,
                const char *value);
static bool add_number(stls_transcript *transcript, const char *prefix,
                       const char *name, int64_t number);
static int64_t time_of(const stls_testing *testing);
static bool add_world(stls_transcript *transcript, const stls_testing *testing,
                      const stls_transcript_options *options,
                      const char *prefix, int64_t now);
static bool add_seed(stls_transcript *transcript, const stls_testing *testing,
                     bool with_secrets, const char *prefix);
static bool put_line(void *data, const char *name, const char *value);
static bool add_certificates(stls_transcript *transcript,
                             const stls_conninfo *info);
static bool add_trust_anchor(stls_transcript *transcript,
                             const stls_conninfo *info);
static bool add_hex(stls_transcript *transcript, const char *name,
                    const char *beginning, const void *data, size_t len);

stls_result stls_recorder_header_write(stls_transcript *transcript,
                                       const stls_object *object,
                                       const stls_transcript_options *options,
                                       stls_error *err)
{
  struct sink own = {transcript, "config."},
              peer = {transcript, "peer.config."};
  char build[STLS_OPENSSL_BUILD_SIZE];
  stls_result result;

  /* Who asks for secrets counts on a replay. */
  if (options->with_secrets && options->testing == NULL)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_CONFLICT,
                           "with_secrets is set, but testing is NULL");
  transcript->role = stls_context_role(stls_object_context(object));
  transcript->seed =
      options->testing == NULL ? 0 : stls_testing_seed(options->testing);
  transcript->time = time_of(options->testing);
  if (!stls_openssl_build_describe(build)) return stls_error_memory(err);
  if (!add(transcript, "openssl", OpenSSL_version(OPENSSL_VERSION_STRING)) ||
      !add(transcript, "openssl-build", build) ||
      !add(transcript, "library", stls_version_text()) ||
      !add(transcript, "role", stls_role_name(transcript->role)) ||
      !add_world(transcript, options->testing, options, "", transcript->time))
    return stls_error_memory(err);
  result = stls_configuration_describe(object, put_line, &own, err);
  if (result != STLS_OK || options->peer == NULL) return result;
  if (!add_world(transcript, options->peer_testing, options, "peer.",
                 time_of(options->peer_testing)))
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
  return add_certificates(transcript, info) &&
         add_trust_anchor(transcript, info);
}

static bool add(stls_transcript *transcript, const char *name,
                const char *value)
{
  return stls_transcript_add_header(transcript, name, strlen(name), value,
                                    strlen(value));
}

static bool add_number(stls_transcript *transcript, const char *prefix,
                       const char *name, int64_t number)
{
  char whole[NAME_SIZE], text[32];

  snprintf(whole, sizeof whole, "%s%s", prefix, name);
  snprintf(text, sizeof text, "%lld", (long long)number);
  return add(transcript, whole, text);
}

/* That of the machine where there is no world. */
static int64_t time_of(const stls_testing *testing)
{
  return testing == NULL ? (int64_t)time(NULL) : stls_testing_time(testing);
}

static bool add_world(stls_transcript *transcript, const stls_testing *testing,
                      const stls_transcript_options *options,
                      const char *prefix, int64_t now)
{
  if (testing != NULL &&
      !add_seed(transcript, testing, options->with_secrets, prefix))
    return false;
  return add_number(transcript, prefix, "time", now);
}

/* And how much was drawn. */
static bool add_seed(stls_transcript *transcript, const stls_testing *testing,
                     bool with_secrets, const char *prefix)
{
  char name[NAME_SIZE], text[STLS_RANDOM_SEED_SIZE] = STLS_TRANSCRIPT_NO_SEED;
  struct stls_random_seed seed;
  const uint64_t drawn = stls_testing_copy_seed(testing, &seed);
  const bool is_noted = with_secrets || !seed.is_key;
  bool is_added;

  snprintf(name, sizeof name, "%sseed", prefix);
  if (is_noted) stls_random_seed_format(&seed, text);
  if (is_noted && seed.is_key) transcript->is_secret = true;
  stls_mem_wipe(&seed, sizeof seed);
  is_added = add(transcript, name, text);
  stls_mem_wipe(text, sizeof text);
  return is_added && (!is_noted || add_number(transcript, prefix, "drawn",
                                              (int64_t)drawn));
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
    char name[NAME_SIZE];
    if (digest == NULL) continue;
    snprintf(name, sizeof name, "certificate.peer.%zu", i);
    is_added = add_hex(transcript, name, "sha256 ", digest, 32);
  }
  stls_certificate_list_free(list);
  return is_added;
}

/* The application's trust is not written down, which may be all of a system's; but where
 * the verified path ended is. */
static bool add_trust_anchor(stls_transcript *transcript,
                             const stls_conninfo *info)
{
  const char *trust = stls_transcript_header(transcript, "config.trust");
  stls_certificate_list *list = NULL;
  const uint8_t *der;
  size_t count, len = 0;
  bool is_added = true;

  if (trust == NULL || strcmp(trust, "custom") != 0 ||
      stls_conninfo_verified_chain(info, &list, NULL) != STLS_OK)
    return true;
  count = stls_certificate_list_count(list);
  if (count > 0) {
    der = stls_certificate_der(stls_certificate_list_at(list, count - 1), &len);
    is_added = add_hex(transcript, "trust-anchor", "", der, len);
  }
  stls_certificate_list_free(list);
  return is_added;
}

static bool add_hex(stls_transcript *transcript, const char *name,
                    const char *beginning, const void *data, size_t len)
{
  struct stls_string_buffer text = {0};
  bool is_added;

  stls_string_buffer_puts(&text, beginning);
  stls_hex_put(&text, data, len);
  is_added = !text.has_failed &&
             stls_transcript_add_header(transcript, name, strlen(name),
                                        text.data, text.len);
  stls_string_buffer_free(&text);
  return is_added;
}
