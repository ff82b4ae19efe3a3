/* SPDX-License-Identifier: MIT */
/* fatal_alert: ends an established connection with a fatal alert. */
#include "io/fatal_alert.h"

#include <openssl/ssl3.h>

#include "io/direct_output.h"

static bool seal(struct stls_ssl_bios *io, int alert);
static bool provoke(struct stls_ssl_bios *io);

bool stls_fatal_alert_send(struct stls_ssl_bios *io, int alert)
{
  return stls_fatal_alert_is_free(io) ? seal(io, alert) : provoke(io);
}

/* libssl does the same to the session when it sends a fatal alert (RFC 5246,
 * 7.2.2). */
static bool seal(struct stls_ssl_bios *io, int alert)
{
  if (!stls_direct_output_alert(io, alert)) return false;
  SSL_CTX_remove_session(SSL_get_SSL_CTX(io->ssl), SSL_get_session(io->ssl));
  return true;
}

/* libssl sends alerts only for errors that it finds itself. So it is given a
 * record that the peer did not protect: TLS 1.3 answers an unprotected record
 * with unexpected_message (RFC 8446, 5), TLS 1.2 answers one that is too long
 * with record_overflow (RFC 5246, 6.2.3). */
static bool provoke(struct stls_ssl_bios *io)
{
  static const uint8_t unprotected[] = {SSL3_RT_HANDSHAKE, 3, 3, 0, 1, 0};
  static const uint8_t too_long[] = {SSL3_RT_APPLICATION_DATA, 3, 3, 255, 255};
  bool is_tls_1_3 = SSL_version(io->ssl) == TLS1_3_VERSION;
  size_t read;
  char byte;

  stls_ssl_bios_guard(io);
  if (!stls_ssl_bios_attach(io) || !stls_record_output_prepare(&io->output, 0))
    return false;
  io->is_alerting = true;
  stls_mem_bio_in_point(&io->in, is_tls_1_3 ? unprotected : too_long,
                        is_tls_1_3 ? sizeof unprotected : sizeof too_long,
                        false);
  (void)!SSL_read_ex(io->ssl, &byte, 1, &read);
  stls_mem_bio_in_unpoint(&io->in);
  io->budget.bytes_out += stls_record_output_collect(&io->output, 0);
  io->is_alerting = false;
  return true;
}
