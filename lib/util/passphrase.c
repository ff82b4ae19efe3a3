/* SPDX-License-Identifier: MIT */
/* passphrase: obtains a passphrase once, when it is first needed. */
#include "util/passphrase.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12err.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/openssl_code.h"
#include "base/sized_struct.h"

STLS_SIZED_STRUCT(layout, stls_passphrase,
                  STLS_SIZED_END(stls_passphrase, data),
                  STLS_SIZED_END(stls_passphrase, len),
                  STLS_SIZED_END(stls_passphrase, fn),
                  STLS_SIZED_END(stls_passphrase, user_data));

static stls_result read_source(const stls_passphrase *given,
                               stls_passphrase *source, stls_error *err);
static stls_passphrase_prompt_state obtain(
    struct stls_passphrase_prompt *prompt);
static bool is_unsupported(unsigned long code);
static bool is_no_guess(unsigned long code);
static stls_result explain_queue(const char *where, const char *guess,
                                 stls_error *err);

stls_result stls_passphrase_check(const stls_passphrase *passphrase,
                                  stls_error *err)
{
  stls_passphrase source;

  return read_source(passphrase, &source, err);
}

void stls_passphrase_begin(struct stls_passphrase_prompt *prompt,
                           const stls_passphrase *source)
{
  if (read_source(source, &prompt->source, NULL) != STLS_OK)
    prompt->source = (stls_passphrase)STLS_PASSPHRASE_INIT;
  prompt->state = STLS_PASSPHRASE_PROMPT_UNUSED;
  prompt->len = 0;
}

void stls_passphrase_end(struct stls_passphrase_prompt *prompt)
{
  OPENSSL_cleanse(prompt, sizeof *prompt);
}

bool stls_passphrase_get(struct stls_passphrase_prompt *prompt)
{
  if (prompt->state == STLS_PASSPHRASE_PROMPT_UNUSED)
    prompt->state = obtain(prompt);
  return prompt->state == STLS_PASSPHRASE_PROMPT_GIVEN;
}

bool stls_passphrase_is_satisfied(const struct stls_passphrase_prompt *prompt)
{
  return prompt->state == STLS_PASSPHRASE_PROMPT_UNUSED ||
         prompt->state == STLS_PASSPHRASE_PROMPT_GIVEN;
}

int stls_passphrase_pem_callback(char *out, int cap, int writing, void *prompt)
{
  struct stls_passphrase_prompt *self = prompt;

  (void)writing;
  if (!stls_passphrase_get(self)) return -1;
  if (cap < 0 || self->len > (size_t)cap) {
    self->state = STLS_PASSPHRASE_PROMPT_TOO_LONG;
    return -1;
  }
  if (self->len > 0) memcpy(out, self->text, self->len);
  return (int)self->len;
}

stls_result stls_passphrase_explain(const struct stls_passphrase_prompt *prompt,
                                    const char *where, stls_error *err)
{
  switch (prompt->state) {
    case STLS_PASSPHRASE_PROMPT_ABSENT:
      return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_NO_PASSPHRASE,
                             "%s: it is encrypted, and no passphrase was given",
                             where);
    case STLS_PASSPHRASE_PROMPT_TOO_LONG:
      return stls_error_fail(
          err, STLS_ERROR_INPUT, STLS_REASON_TOO_LONG,
          "%s: the passphrase cannot be longer than %d bytes", where,
          STLS_PASSPHRASE_MAX);
    case STLS_PASSPHRASE_PROMPT_GIVEN:
      return explain_queue(where, ": wrong passphrase?", err);
    default:
      return explain_queue(where, "", err);
  }
}

static stls_result read_source(const stls_passphrase *given,
                               stls_passphrase *source, stls_error *err)
{
  stls_result result = STLS_OK;

  *source = (stls_passphrase)STLS_PASSPHRASE_INIT;
  if (given != NULL)
    result = stls_sized_struct_read(&layout, given, "passphrase", source, err);
  if (result != STLS_OK) return result;
  if (source->data != NULL && source->fn != NULL)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_CONFLICT,
                           "give one of passphrase->data and fn");
  if (source->data == NULL && source->len > 0)
    return stls_error_null(err, "passphrase->data");
  if (source->len > STLS_PASSPHRASE_MAX)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_TOO_LONG,
                           "passphrase cannot be longer than %d bytes",
                           STLS_PASSPHRASE_MAX);
  return STLS_OK;
}

/* prompt->len stays 0 unless the passphrase is valid, whatever a callback wrote. */
static stls_passphrase_prompt_state obtain(
    struct stls_passphrase_prompt *prompt)
{
  const stls_passphrase *source = &prompt->source;
  size_t len = 0;

  if (source->fn == NULL && source->data == NULL)
    return STLS_PASSPHRASE_PROMPT_ABSENT;
  if (source->fn == NULL) {
    len = source->len;
    memcpy(prompt->text, source->data, len);
  } else if (!source->fn(source->user_data, prompt->text, STLS_PASSPHRASE_MAX,
                         &len)) {
    return STLS_PASSPHRASE_PROMPT_ABSENT;
  }
  if (len > STLS_PASSPHRASE_MAX) return STLS_PASSPHRASE_PROMPT_TOO_LONG;
  prompt->len = len;
  prompt->text[len] = '\0';
  return STLS_PASSPHRASE_PROMPT_GIVEN;
}

/* The entry for an unsupported algorithm is older than the last entry of the
 * queue, so all of them are searched. */
static stls_result explain_queue(const char *where, const char *guess,
                                 stls_error *err)
{
  unsigned long code, newest = 0, missing = 0;
  stls_result result = STLS_ERROR_INPUT;
  stls_reason reason;
  stls_error record = STLS_ERROR_INIT, detail = STLS_ERROR_INIT;

  while ((code = stls_error_queue_take()) != 0) {
    newest = code;
    if (missing == 0 && is_unsupported(code)) missing = code;
    if (is_no_guess(code)) guess = "";
    if (stls_openssl_code_is_memory(code)) result = STLS_ERROR_MEMORY;
  }
  reason =
      guess[0] != '\0' ? STLS_REASON_WRONG_PASSPHRASE : STLS_REASON_KEY_BROKEN;
  if (missing != 0 && result != STLS_ERROR_MEMORY) {
    newest = missing;
    guess =
        ": unsupported algorithm, which may be one of OpenSSL's legacy "
        "provider";
    reason = STLS_REASON_NOT_SUPPORTED;
  }
  if (result == STLS_ERROR_MEMORY) reason = STLS_REASON_OUT_OF_MEMORY;
  stls_error_describe_code(&detail, newest);
  if (newest == 0)
    stls_error_fail(&record, result, reason, "%s%s", where, guess);
  else
    stls_error_fail(&record, result, reason, "%s%s: %s (%s)", where, guess,
                    detail.reason_name, detail.lib_name);
  stls_error_describe_code(&record, newest);
  stls_error_store(err, &record);
  return result;
}

static bool is_unsupported(unsigned long code)
{
  int reason = stls_openssl_code_reason(code);

  return ERR_GET_LIB(code) == ERR_LIB_EVP &&
         (reason == ERR_R_UNSUPPORTED || reason == EVP_R_UNSUPPORTED_ALGORITHM);
}

/* Whether the MAC could not be computed at all, which a wrong passphrase does not
 * cause. */
static bool is_no_guess(unsigned long code)
{
  return ERR_GET_LIB(code) == ERR_LIB_PKCS12 &&
         (ERR_GET_REASON(code) == PKCS12_R_MAC_GENERATION_ERROR ||
          ERR_GET_REASON(code) == PKCS12_R_KEY_GEN_ERROR);
}
