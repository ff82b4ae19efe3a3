/* SPDX-License-Identifier: MIT */
/* alpn: encodes and decodes ALPN lists (RFC 7301), and selects a protocol. */
#include "wire/alpn.h"

#include <sanstls/alpn.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/out_buffer.h"
#include "base/string_list.h"

/* RFC 7301, 3.1: a name has 1 to 2^8-1 bytes, the list fewer than 2^16. */
#define NAME_MAX_LEN ((size_t)255)
#define LIST_MAX_LEN ((size_t)65535)

static stls_result measure(const char *const *names, size_t num_names,
                           size_t *out_len, stls_error *err);
static void write_names(const char *const *names, size_t num_names,
                        uint8_t *out);
static stls_result check_wire(const uint8_t *wire, size_t len, stls_error *err);
static bool contains(const unsigned char *list, unsigned list_len,
                     const uint8_t *name);

stls_result stls_alpn_to_wire(const char *const *names, size_t num_names,
                              void *out, size_t out_cap, size_t *out_len,
                              stls_error *err)
{
  stls_result result = stls_out_buffer_check(out, out_cap, out_len, err);
  size_t len = 0;

  if (result != STLS_OK) return result;
  result = measure(names, num_names, &len, err);
  if (result == STLS_OK && num_names == 0)
    result = stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_EMPTY,
                             "there are no ALPN names");
  if (result == STLS_OK)
    result = stls_out_buffer_fit(len, out, out_cap, out_len, err);
  if (result == STLS_OK && out != NULL) write_names(names, num_names, out);
  return result;
}

stls_result stls_alpn_from_wire(const void *wire, size_t len,
                                stls_string_list **out_names, stls_error *err)
{
  const uint8_t *at = wire;
  stls_string_list *names = NULL;
  stls_result result;

  if (out_names == NULL) return stls_error_null(err, "out_names");
  if (wire == NULL && len > 0) return stls_error_null(err, "wire");
  result = check_wire(wire, len, err);
  if (result == STLS_OK) result = stls_string_list_new(&names, err);
  for (size_t i = 0; result == STLS_OK && i < len; i += 1U + at[i])
    result = stls_string_list_add(names, (const char *)at + i + 1, at[i], err);
  if (result == STLS_OK)
    *out_names = names;
  else
    stls_string_list_free(names);
  return result;
}

stls_result stls_alpn_encode(const char *const *names, size_t num_names,
                             uint8_t **out_wire, unsigned *out_len,
                             stls_error *err)
{
  size_t len = 0;
  stls_result result = measure(names, num_names, &len, err);
  uint8_t *wire = NULL;

  if (result != STLS_OK) return result;
  if (len > 0 && (wire = stls_mem_alloc(len)) == NULL)
    return stls_error_memory(err);
  write_names(names, num_names, wire);
  *out_wire = wire;
  *out_len = (unsigned)len;
  return STLS_OK;
}

int stls_alpn_select(SSL *ssl, const unsigned char **out,
                     unsigned char *out_len, const unsigned char *offered,
                     unsigned offered_len, void *arg)
{
  const struct stls_alpn *own = arg;
  unsigned at = 0;

  (void)ssl;
  while (at < own->wire_len) {
    const uint8_t *name = own->wire + at;
    if (contains(offered, offered_len, name)) {
      *out = name + 1;
      *out_len = name[0];
      return SSL_TLSEXT_ERR_OK;
    }
    at += 1U + name[0];
  }
  return own->is_strict ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_NOACK;
}

static stls_result measure(const char *const *names, size_t num_names,
                           size_t *out_len, stls_error *err)
{
  size_t len = 0;

  if (names == NULL && num_names > 0) return stls_error_null(err, "names");
  for (size_t i = 0; i < num_names; i++) {
    size_t name_len = names[i] == NULL ? 0 : strlen(names[i]);
    if (name_len == 0 || name_len > NAME_MAX_LEN)
      return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                             "ALPN name %zu: it must have 1 to 255 bytes",
                             i + 1);
    len += 1 + name_len;
    if (len > LIST_MAX_LEN)
      return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_TOO_LONG,
                             "ALPN name %zu: the list is longer than 65535 "
                             "bytes",
                             i + 1);
  }
  *out_len = len;
  return STLS_OK;
}

static void write_names(const char *const *names, size_t num_names,
                        uint8_t *out)
{
  for (size_t i = 0; i < num_names; i++) {
    size_t name_len = strlen(names[i]);
    *out++ = (uint8_t)name_len;
    memcpy(out, names[i], name_len);
    out += name_len;
  }
}

static stls_result check_wire(const uint8_t *wire, size_t len, stls_error *err)
{
  size_t at = 0;

  if (len == 0 || len > LIST_MAX_LEN)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                           "%zu bytes are no list of ALPN names", len);
  while (at < len) {
    if (wire[at] == 0)
      return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                             "ALPN name at byte %zu: it is empty", at);
    if (wire[at] >= len - at)
      return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                             "ALPN name at byte %zu: it is cut off", at);
    at += 1U + wire[at];
  }
  return STLS_OK;
}

static bool contains(const unsigned char *list, unsigned list_len,
                     const uint8_t *name)
{
  unsigned at = 0;

  while (at < list_len && list[at] < list_len - at) {
    if (list[at] == name[0] && memcmp(list + at + 1, name + 1, name[0]) == 0)
      return true;
    at += 1U + list[at];
  }
  return false;
}
