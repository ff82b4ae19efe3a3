/* SPDX-License-Identifier: MIT */
/* exporter: exports keying material (RFC 5705). */
#include "endpoint/exporter.h"

#include "base/error_queue.h"

#include <openssl/crypto.h>
#include <string.h>

#include <sanstls/conninfo.h>

#define CONTEXT_MAX ((size_t)0xffff)

static stls_result check(const stls_span *label, const stls_span *context,
                         const void *out, size_t out_len, stls_error *err);
static stls_result beyond(const char *what, stls_error *err);
static bool is_reserved(const stls_span *label);

stls_result stls_object_export_key(stls_object *object, const void *label,
                                   size_t label_len, const void *context,
                                   size_t context_len, void *out,
                                   size_t out_len, stls_error *err)
{
  const stls_span name = {label_len == 0 ? "" : label, label_len};
  const stls_span value = {context, context_len};
  stls_result result = stls_exporter_admit(object, err);
  stls_error_queue_guard guard;

  if (result == STLS_OK) result = check(&name, &value, out, out_len, err);
  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  result = stls_exporter_derive(object, &name, &value, out, out_len, err);
  stls_error_queue_leave(&guard);
  return result;
}

stls_result stls_exporter_admit(const stls_object *object, stls_error *err)
{
  if (object == NULL) return stls_error_null(err, "object");
  if (stls_object_is_busy(object))
    return stls_error_fail(err, STLS_ERROR_MISUSE,
                           STLS_REASON_CALLED_FROM_CALLBACK,
                           "called from a callback");
  switch (stls_state_verdict(object->state, STLS_CALL_HANDSHAKE)) {
    case STLS_VERDICT_DONE:
      return STLS_OK;
    case STLS_VERDICT_REPEAT:
      return stls_object_error(object, err);
    default:
      return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WRONG_STATE,
                             "%s", stls_state_phrase(object->state));
  }
}

stls_result stls_exporter_derive(stls_object *object, const stls_span *label,
                                 const stls_span *context, void *out,
                                 size_t out_len, stls_error *err)
{
  bool uses_context = context->data != NULL;
  int ret;

  if (!stls_conninfo_extended_master_secret(object->info))
    return stls_error_fail(err, STLS_ERROR_MISUSE,
                           STLS_REASON_NO_EXTENDED_MASTER_SECRET,
                           "without extended master secret this connection "
                           "has no secret of its own to export");
  ret = SSL_export_keying_material(object->io.ssl, out, out_len, label->data,
                                   label->len, context->data, context->len,
                                   uses_context);
  if (ret == 1) return STLS_OK;
  OPENSSL_cleanse(out, out_len);
  /* Not every failed allocation leaves an entry. */
  if (stls_error_queue_is_empty()) return stls_error_memory(err);
  return stls_error_fail_openssl(err, STLS_ERROR_UNSUPPORTED,
                                 STLS_REASON_NOT_SUPPORTED,
                                 "OpenSSL cannot export keying material");
}

static stls_result check(const stls_span *label, const stls_span *context,
                         const void *out, size_t out_len, stls_error *err)
{
  if (label->data == NULL && label->len > 0)
    return stls_error_null(err, "label");
  if (label->len > STLS_EXPORT_LABEL_MAX)
    return beyond("label is longer than 249 bytes", err);
  if (is_reserved(label))
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_CONFLICT,
                           "label is reserved for TLS itself");
  if (context->data == NULL && context->len > 0)
    return stls_error_null(err, "context");
  if (context->len > CONTEXT_MAX)
    return beyond("context is longer than 65535 bytes", err);
  if (out == NULL || out_len == 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_EMPTY,
                           "out is empty");
  if (out_len > STLS_EXPORT_KEY_MAX)
    return beyond("out_len is more than 8160", err);
  return STLS_OK;
}

static stls_result beyond(const char *what, stls_error *err)
{
  return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_TOO_LONG, "%s",
                         what);
}

/* OpenSSL refuses these labels on TLS 1.2 by prefix, because random bytes
 * follow the label there without a separator. */
static bool is_reserved(const stls_span *label)
{
  static const char *const labels[] = {
      "client finished", "server finished", "master secret",
      "extended master secret", "key expansion"};

  for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
    size_t len = strlen(labels[i]);
    if (label->len >= len && memcmp(label->data, labels[i], len) == 0)
      return true;
  }
  return false;
}
