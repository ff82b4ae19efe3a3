/* SPDX-License-Identifier: MIT */
/* session_binding: binds a server's sessions to the client's server name and groups. */
#include "context/session_binding.h"

#include <openssl/tls1.h>

#include "base/byte_reader.h"
#include "base/string_buffer.h"
#include "wire/client_hello.h"

static bool find_list(SSL *ssl, unsigned type, size_t prefix,
                      struct stls_byte_reader *out);
static void put_groups(struct stls_string_buffer *text, SSL *ssl);

bool stls_session_binding_apply(const stls_context *context, SSL *ssl,
                                const unsigned char policy[STLS_SHA256_LEN],
                                const char *server_name)
{
  unsigned char bound[STLS_SHA256_LEN];
  struct stls_string_buffer text = {0};
  bool done;

  stls_string_buffer_put(&text, policy, STLS_SHA256_LEN);
  if (server_name != NULL) stls_string_buffer_puts(&text, server_name);
  stls_string_buffer_put(&text, "", 1);
  if (!stls_session_binding_expects_tls_1_3(context, ssl))
    put_groups(&text, ssl);
  done = !text.has_failed &&
         stls_sha256_with(context->sha256, text.data, text.len, bound) &&
         SSL_set_session_id_context(ssl, bound, sizeof bound) == 1;
  stls_string_buffer_free(&text);
  return done;
}

bool stls_session_binding_expects_tls_1_3(const stls_context *context, SSL *ssl)
{
  struct stls_byte_reader list;
  size_t version;

  if (context->max_version < STLS_TLS_1_3 ||
      (SSL_get_options(ssl) & SSL_OP_NO_TLSv1_3) != 0 ||
      !find_list(ssl, TLSEXT_TYPE_supported_versions, 1, &list))
    return false;
  while (stls_byte_reader_number(&list, 2, &version))
    if (version == TLS1_3_VERSION) return true;
  return false;
}

static bool find_list(SSL *ssl, unsigned type, size_t prefix,
                      struct stls_byte_reader *out)
{
  struct stls_byte_reader data;

  return SSL_client_hello_get0_ext(ssl, type, &data.at, &data.len) == 1 &&
         stls_byte_reader_all_prefixed(data, prefix, out);
}

/* GREASE values are random (RFC 8701): they are left out. */
static void put_groups(struct stls_string_buffer *text, SSL *ssl)
{
  struct stls_byte_reader list;
  uint8_t wire[2];
  size_t group;

  if (!find_list(ssl, TLSEXT_TYPE_supported_groups, 2, &list)) return;
  while (stls_byte_reader_number(&list, 2, &group)) {
    if (stls_client_hello_is_grease((int)group)) continue;
    stls_byte_reader_put(wire, group, sizeof wire);
    stls_string_buffer_put(text, wire, sizeof wire);
  }
}
