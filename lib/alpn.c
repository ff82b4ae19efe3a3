/* SPDX-License-Identifier: MIT */
/* alpn (L4): protocol names on the wire (RFC 7301), and the server's choice. */
#include "alpn.h"

#include <string.h>

#include "error.h"
#include "mem.h"

/* RFC 7301, 3.1: a name has 1 to 2^8-1 bytes, the list fewer than 2^16. */
#define NAME_MAX_LEN ((size_t)255)
#define LIST_MAX_LEN ((size_t)65535)

static stls_result measure(const char *const *names, size_t num_names,
                           size_t *out_len, stls_error *err);
static bool contains(const unsigned char *list, unsigned list_len,
                     const uint8_t *name);

stls_result stls_alpn_encode(const char *const *names, size_t num_names,
                             struct stls_alpn *out_alpn, stls_error *err)
{
  size_t len = 0;
  stls_result result = measure(names, num_names, &len, err);
  uint8_t *wire, *at;

  if (result != STLS_OK) return result;
  wire = at = stls_mem_alloc(len);
  if (wire == NULL) return stls_error_memory(err);
  for (size_t i = 0; i < num_names; i++) {
    size_t name_len = strlen(names[i]);
    *at++ = (uint8_t)name_len;
    memcpy(at, names[i], name_len);
    at += name_len;
  }
  out_alpn->wire = wire;
  out_alpn->wire_len = (unsigned)len;
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
  return SSL_TLSEXT_ERR_NOACK;
}

static stls_result measure(const char *const *names, size_t num_names,
                           size_t *out_len, stls_error *err)
{
  size_t len = 0;

  if (names == NULL && num_names > 0)
    return stls_error_misuse(err, "names is NULL");
  for (size_t i = 0; i < num_names; i++) {
    size_t name_len = names[i] == NULL ? 0 : strlen(names[i]);
    if (name_len == 0 || name_len > NAME_MAX_LEN)
      return stls_error_set(err, STLS_ERROR_INPUT,
                            "ALPN name %zu: it must have 1 to 255 bytes",
                            i + 1);
    len += 1 + name_len;
    if (len > LIST_MAX_LEN)
      return stls_error_set(err, STLS_ERROR_INPUT,
                            "ALPN name %zu: the list is longer than 65535 "
                            "bytes",
                            i + 1);
  }
  *out_len = len;
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
