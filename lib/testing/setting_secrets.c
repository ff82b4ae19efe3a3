/* SPDX-License-Identifier: MIT */
/* setting_secrets: sets ticket keys, a PSK and a session as text, and keeps the text. */
#include "testing/setting_secrets.h"

#include <openssl/ssl.h>
#include <sanstls/psk.h>
#include <stdatomic.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "testing/word_list.h"

enum kind {
  TICKET_KEYS,
  PSK,
  SESSION,
  NUM_KINDS
};

/* What an SSL_CTX or an SSL keeps. */
struct note {
  char *texts[NUM_KINDS];
  struct {
    char identity[STLS_PSK_IDENTITY_MAX + 1];
    size_t identity_len;
    uint8_t key[STLS_PSK_KEY_MAX];
    size_t key_len;
    stls_psk_digest digest;
  } psk;
};

static atomic_int context_index = -1;
static atomic_int object_index = -1;

static struct note *need_note(int class_index, atomic_int *index, void *owner);
static int need_index(int class_index, atomic_int *index);
static void free_note(void *owner, void *note, CRYPTO_EX_DATA *data, int index,
                      long number, void *argument);
static struct note *note_of_context(const stls_context *context);
static stls_result keep(struct note *note, enum kind kind, const char *value,
                        stls_error *err);
static stls_result decode_hex(const char *value, uint8_t **out, size_t *out_len,
                              stls_error *err);
static void put_text(const struct note *note, enum kind kind,
                     struct stls_string_buffer *out);
static bool parse_psk(struct note *note, const char *value);
static bool look_up_as_client(struct stls_object *object, const char *hint,
                              stls_psk *psk, void *note);
static bool look_up_as_server(struct stls_object *object,
                              const uint8_t *identity, size_t identity_len,
                              stls_psk *psk, void *note);
static stls_result refuse_form(stls_error *err);

/* --- ticket keys --- */

stls_result stls_setting_secrets_ticket_keys_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  const struct note *note = note_of_context(source->context);

  (void)err;
  if (stls_context_has_ticket_keys(source->context))
    put_text(note, TICKET_KEYS, out);
  return STLS_OK;
}

stls_result stls_setting_secrets_ticket_keys_set(
    struct stls_setting_target *target, const char *value, stls_error *err)
{
  struct note *note = need_note(CRYPTO_EX_INDEX_SSL_CTX, &context_index,
                                stls_context_ssl_ctx(target->context));
  uint8_t *keys = NULL;
  size_t len = 0;
  stls_result result = keep(note, TICKET_KEYS, value, err);

  if (result == STLS_OK) result = decode_hex(value, &keys, &len, err);
  if (result == STLS_OK)
    result = stls_context_set_ticket_keys(target->context, keys, len, err);
  stls_mem_free_clear(keys, len);
  return result;
}

/* --- a PSK --- */

stls_result stls_setting_secrets_psk_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  const struct note *note = note_of_context(source->context);

  (void)err;
  if (stls_context_has_psk(source->context)) put_text(note, PSK, out);
  return STLS_OK;
}

stls_result stls_setting_secrets_psk_set(struct stls_setting_target *target,
                                         const char *value, stls_error *err)
{
  struct note *note = need_note(CRYPTO_EX_INDEX_SSL_CTX, &context_index,
                                stls_context_ssl_ctx(target->context));
  stls_result result = keep(note, PSK, value, err);

  if (result != STLS_OK) return result;
  if (!parse_psk(note, value)) return refuse_form(err);
  return stls_context_role(target->context) == STLS_CLIENT
             ? stls_context_set_psk_client(target->context, look_up_as_client,
                                           note, err)
             : stls_context_set_psk_server(target->context, look_up_as_server,
                                           NULL, note, err);
}

static bool parse_psk(struct note *note, const char *value)
{
  const char *rest = value;
  const size_t identity_len = strcspn(value, " ");

  if (value[identity_len] == '\0' || identity_len > STLS_PSK_IDENTITY_MAX ||
      strcspn(value + identity_len + 1, " ") > 2 * STLS_PSK_KEY_MAX ||
      !stls_word_list_take(&rest, note->psk.identity,
                           &note->psk.identity_len) ||
      !stls_word_list_take_hex(&rest, note->psk.key, &note->psk.key_len))
    return false;
  note->psk.digest =
      strcmp(rest, "sha384") == 0 ? STLS_PSK_SHA384 : STLS_PSK_SHA256;
  return *rest == '\0' || note->psk.digest == STLS_PSK_SHA384;
}

static bool look_up_as_client(struct stls_object *object, const char *hint,
                              stls_psk *psk, void *data)
{
  const struct note *note = data;

  (void)object;
  (void)hint;
  return stls_psk_set_identity(psk, note->psk.identity,
                               note->psk.identity_len) == STLS_OK &&
         stls_psk_set_key(psk, note->psk.key, note->psk.key_len) == STLS_OK &&
         stls_psk_set_digest(psk, note->psk.digest) == STLS_OK;
}

static bool look_up_as_server(struct stls_object *object,
                              const uint8_t *identity, size_t identity_len,
                              stls_psk *psk, void *data)
{
  const struct note *note = data;

  (void)object;
  return identity_len == note->psk.identity_len &&
         memcmp(identity, note->psk.identity, identity_len) == 0 &&
         stls_psk_set_key(psk, note->psk.key, note->psk.key_len) == STLS_OK &&
         stls_psk_set_digest(psk, note->psk.digest) == STLS_OK;
}

/* --- a session --- */

stls_result stls_setting_secrets_session_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  SSL *ssl = source->object == NULL ? NULL : stls_object_ssl(source->object);
  const int index = atomic_load(&object_index);
  const struct note *note =
      ssl == NULL || index < 0 ? NULL : SSL_get_ex_data(ssl, index);

  (void)err;
  /* One that does not fit is described, too, and then not offered again. */
  if ((note != NULL && note->texts[SESSION] != NULL) ||
      (ssl != NULL && SSL_get0_session(ssl) != NULL))
    put_text(note, SESSION, out);
  return STLS_OK;
}

stls_result stls_setting_secrets_session_set(struct stls_setting_target *target,
                                             const char *value, stls_error *err)
{
  uint8_t *data = NULL;
  size_t len = 0;
  stls_result result = decode_hex(value, &data, &len, err);

  if (result == STLS_OK)
    result = stls_session_new_serialized(data, len,
                                         stls_testing_libctx(target->testing),
                                         NULL, &target->session, err);
  stls_mem_free_clear(data, len);
  if (result != STLS_OK) return result;
  target->options.session = target->session;
  target->session_text = value;
  return STLS_OK;
}

stls_result stls_setting_secrets_keep_session(stls_object *object,
                                              const char *value,
                                              stls_error *err)
{
  struct note *note =
      need_note(CRYPTO_EX_INDEX_SSL, &object_index, stls_object_ssl(object));

  return keep(note, SESSION, value, err);
}

/* --- notes --- */

static struct note *note_of_context(const stls_context *context)
{
  const int index = atomic_load(&context_index);

  return index < 0 ? NULL
                   : SSL_CTX_get_ex_data(stls_context_ssl_ctx(context), index);
}

/* What was set without a note, the application has set. */
static void put_text(const struct note *note, enum kind kind,
                     struct stls_string_buffer *out)
{
  const bool is_noted = note != NULL && note->texts[kind] != NULL;

  stls_string_buffer_puts(out, is_noted ? note->texts[kind] : "custom");
}

/* Returns the owner's note, or a new one; NULL when memory is short. */
static struct note *need_note(int class_index, atomic_int *index, void *owner)
{
  const bool is_context = class_index == CRYPTO_EX_INDEX_SSL_CTX;
  const int at = need_index(class_index, index);
  struct note *note;
  bool is_kept;

  if (at < 0) return NULL;
  note =
      is_context ? SSL_CTX_get_ex_data(owner, at) : SSL_get_ex_data(owner, at);
  if (note != NULL) return note;
  note = stls_mem_zalloc(sizeof *note);
  if (note == NULL) return NULL;
  is_kept = is_context ? SSL_CTX_set_ex_data(owner, at, note) == 1
                       : SSL_set_ex_data(owner, at, note) == 1;
  if (is_kept) return note;
  stls_mem_free(note);
  return NULL;
}

static int need_index(int class_index, atomic_int *index)
{
  int at = atomic_load(index);
  int fresh;

  if (at >= 0) return at;
  fresh = CRYPTO_get_ex_new_index(class_index, 0, NULL, NULL, NULL, free_note);
  /* Of two threads that come at the same time, the first counts. */
  if (fresh >= 0) atomic_compare_exchange_strong(index, &at, fresh);
  return atomic_load(index);
}

static void free_note(void *owner, void *data, CRYPTO_EX_DATA *all, int index,
                      long number, void *argument)
{
  struct note *note = data;

  (void)owner;
  (void)all;
  (void)index;
  (void)number;
  (void)argument;
  if (note == NULL) return;
  for (size_t i = 0; i < NUM_KINDS; i++)
    if (note->texts[i] != NULL)
      stls_mem_free_clear(note->texts[i], strlen(note->texts[i]));
  stls_mem_free_clear(note, sizeof *note);
}

static stls_result keep(struct note *note, enum kind kind, const char *value,
                        stls_error *err)
{
  char *text = note == NULL ? NULL : stls_mem_strdup(value);

  if (text == NULL) return stls_error_memory(err);
  stls_mem_free(note->texts[kind]);
  note->texts[kind] = text;
  return STLS_OK;
}

static stls_result decode_hex(const char *value, uint8_t **out, size_t *out_len,
                              stls_error *err)
{
  const char *rest = value;
  const size_t len = strlen(value) / 2;

  if (len == 0) return refuse_form(err);
  *out = stls_mem_alloc(len);
  if (*out == NULL) return stls_error_memory(err);
  if (stls_word_list_take_hex(&rest, *out, out_len) && *rest == '\0')
    return STLS_OK;
  stls_mem_free_clear(*out, len);
  *out = NULL;
  *out_len = 0;
  return refuse_form(err);
}

/* The message has no secret in it. */
static stls_result refuse_form(stls_error *err)
{
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                         "the value has another form");
}
