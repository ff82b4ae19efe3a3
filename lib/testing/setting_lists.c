/* SPDX-License-Identifier: MIT */
/* setting_lists: reads and sets versions, cipher suites and lists of names as text. */
#include "testing/setting_lists.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "testing/word_list.h"

typedef stls_result list_setter(stls_context *context, const char *const *words,
                                size_t num_words, stls_error *err);

static stls_result put_ciphers(const stls_context *context, bool is_tls13,
                               struct stls_string_buffer *out, stls_error *err);
static bool take_protocol(const char **text, stls_protocol *out_protocol);
static void put_words(const char *at(const stls_context *context, size_t index),
                      const stls_context *context, size_t count,
                      struct stls_string_buffer *out);
static stls_result set_list(list_setter *set, stls_context *context,
                            const char *value, stls_error *err);
static stls_result set_words(list_setter *set, stls_context *context,
                             const char *value, char *words, const char **names,
                             stls_error *err);
static stls_result refuse_form(const char *value, stls_error *err);

stls_result stls_setting_lists_versions_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  const char *min =
      stls_protocol_name((int)stls_context_min_version(source->context));
  const char *max =
      stls_protocol_name((int)stls_context_max_version(source->context));

  (void)err;
  stls_word_list_put(out, min, strlen(min));
  stls_word_list_put(out, max, strlen(max));
  return STLS_OK;
}

stls_result stls_setting_lists_versions_set(struct stls_setting_target *target,
                                            const char *value, stls_error *err)
{
  const char *rest = value;
  stls_protocol min, max;

  if (!take_protocol(&rest, &min) || !take_protocol(&rest, &max) ||
      *rest != '\0')
    return refuse_form(value, err);
  /* The two differ in what else they change, too. */
  return min < STLS_TLS_1_2
             ? stls_context_set_insecure_versions(target->context, min, max,
                                                  err)
             : stls_context_set_versions(target->context, min, max, err);
}

static bool take_protocol(const char **text, stls_protocol *out_protocol)
{
  char name[16];
  size_t len = strcspn(*text, " ");
  int value = 0;

  if (len >= sizeof name || !stls_word_list_take(text, name, &len) ||
      !stls_protocol_from_name(name, &value))
    return false;
  *out_protocol = (stls_protocol)value;
  return true;
}

stls_result stls_setting_lists_ciphers_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  return put_ciphers(source->context, false, out, err);
}

stls_result stls_setting_lists_ciphers_set(struct stls_setting_target *target,
                                           const char *value, stls_error *err)
{
  return stls_context_set_insecure_ciphers(target->context, value, err);
}

stls_result stls_setting_lists_ciphersuites_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  return put_ciphers(source->context, true, out, err);
}

stls_result stls_setting_lists_ciphersuites_set(
    struct stls_setting_target *target, const char *value, stls_error *err)
{
  return stls_context_set_ciphersuites(target->context, value, err);
}

static stls_result put_ciphers(const stls_context *context, bool is_tls13,
                               struct stls_string_buffer *out, stls_error *err)
{
  stls_cipher_list *list = NULL;
  stls_result result = stls_context_ciphers(context, &list, err);

  if (result != STLS_OK) return result;
  for (size_t i = 0; i < stls_cipher_list_count(list); i++) {
    const stls_cipher *cipher = stls_cipher_list_at(list, i);

    /* RFC 8446, B.4. */
    if (((stls_cipher_id(cipher) & 0xff00) == 0x1300) != is_tls13) continue;
    if (out->len > 0) stls_string_buffer_puts(out, ":");
    stls_string_buffer_puts(out, stls_cipher_name(cipher));
  }
  stls_cipher_list_free(list);
  return STLS_OK;
}

stls_result stls_setting_lists_alpn_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  (void)err;
  put_words(stls_context_alpn_at, source->context,
            stls_context_alpn_count(source->context), out);
  return STLS_OK;
}

stls_result stls_setting_lists_alpn_set(struct stls_setting_target *target,
                                        const char *value, stls_error *err)
{
  return set_list(stls_context_set_alpn, target->context, value, err);
}

stls_result stls_setting_lists_expected_client_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  (void)err;
  put_words(stls_context_expected_client_at, source->context,
            stls_context_expected_client_count(source->context), out);
  return STLS_OK;
}

stls_result stls_setting_lists_expected_client_set(
    struct stls_setting_target *target, const char *value, stls_error *err)
{
  return set_list(stls_context_set_expected_client, target->context, value,
                  err);
}

stls_result stls_setting_lists_policies_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  (void)err;
  put_words(stls_context_verify_policy_at, source->context,
            stls_context_verify_policy_count(source->context), out);
  return STLS_OK;
}

stls_result stls_setting_lists_policies_set(struct stls_setting_target *target,
                                            const char *value, stls_error *err)
{
  return set_list(stls_context_set_verify_policies, target->context, value,
                  err);
}

static void put_words(const char *at(const stls_context *context, size_t index),
                      const stls_context *context, size_t count,
                      struct stls_string_buffer *out)
{
  for (size_t i = 0; i < count; i++) {
    const char *word = at(context, i);

    stls_word_list_put(out, word, strlen(word));
  }
}

static stls_result set_list(list_setter *set, stls_context *context,
                            const char *value, stls_error *err)
{
  /* No name is shorter than a character and its blank. */
  const size_t len = strlen(value);
  char *words = stls_mem_alloc(2 * len + 2);
  const char **names = stls_mem_alloc((len / 2 + 1) * sizeof *names);
  stls_result result = words == NULL || names == NULL
                           ? stls_error_memory(err)
                           : set_words(set, context, value, words, names, err);

  stls_mem_free(words);
  stls_mem_free(names);
  return result;
}

static stls_result set_words(list_setter *set, stls_context *context,
                             const char *value, char *words, const char **names,
                             stls_error *err)
{
  const char *rest = value;
  size_t num_names = 0, len;

  while (*rest != '\0') {
    if (!stls_word_list_take(&rest, words, &len))
      return refuse_form(value, err);
    names[num_names++] = words;
    words += len + 1;
  }
  return set(context, names, num_names, err);
}

static stls_result refuse_form(const char *value, stls_error *err)
{
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                         "\"%.100s\" is no value", value);
}
