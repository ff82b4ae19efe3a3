/* SPDX-License-Identifier: MIT */
/* ssl_bios: an SSL and its two BIOs, joined and parted. */
#include "endpoint/ssl_bios.h"

#include <string.h>

#include "base/version.h"

static void forget_bios(struct stls_ssl_bios *drive);

void stls_ssl_bios_init(struct stls_ssl_bios *drive, stls_bio *incoming,
                        stls_bio *outgoing)
{
  memset(drive, 0, sizeof *drive);
  drive->intake.incoming = incoming;
  drive->output.outgoing = outgoing;
  stls_message_monitor_init(&drive->watch);
  drive->key_records = UINT64_MAX;
}

stls_result stls_ssl_bios_open(struct stls_ssl_bios *drive, SSL *ssl,
                               const size_t *limits)
{
  drive->ssl = ssl;
  drive->limits = limits;
  /* For each message of a handshake, libssl would take a buffer anew. From 3.2 on
   * its writing side hears of no mode that is set later. */
  drive->releases =
      ((unsigned long)SSL_get_mode(ssl) & SSL_MODE_RELEASE_BUFFERS) != 0 &&
      !stls_version_openssl_since(3, 2);
  if (drive->releases) SSL_clear_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
  if (stls_ssl_bios_attach(drive)) return STLS_OK;
  SSL_free(ssl);
  drive->ssl = NULL;
  return STLS_ERROR_MEMORY;
}

void stls_ssl_bios_close(struct stls_ssl_bios *drive)
{
  stls_ssl_error_clear(&drive->cause);
  if (drive->ssl == NULL) return;
  /* SSL_free drops a session that was not closed from the cache, though the
   * application may have ended the connection in its own way. */
  if (drive->cause.result == STLS_OK)
    SSL_set_shutdown(drive->ssl,
                     SSL_SENT_SHUTDOWN | SSL_get_shutdown(drive->ssl));
  SSL_free(drive->ssl);
  forget_bios(drive);
  drive->ssl = NULL;
}

bool stls_ssl_bios_attach(struct stls_ssl_bios *drive)
{
  if (drive->in.bio != NULL) return true;
  if (stls_mem_bio_in_open(&drive->in, stls_mem_bio_can_repoint()) &&
      stls_mem_bio_out_open(&drive->output.bio, stls_mem_bio_can_prime())) {
    SSL_set_bio(drive->ssl, drive->in.bio, drive->output.bio.bio);
    return true;
  }
  stls_mem_bio_in_close(&drive->in);
  return false;
}

void stls_ssl_bios_release(struct stls_ssl_bios *drive)
{
  /* After a failure there may be nothing in libssl 3.2 and later that could be
   * asked. */
  if (drive->cause.result != STLS_OK) return;
  /* These wipe a buffer also when it is gone. */
  if (stls_version_openssl_since(3, 2) &&
      (SSL_get_options(drive->ssl) & SSL_OP_CLEANSE_PLAINTEXT) != 0)
    return;
  /* Releases of 3.0 before 3.0.14 would free a record that came, or was read, in
   * part. */
  if (SSL_has_pending(drive->ssl) == 0 &&
      stls_record_input_is_between_records(&drive->intake))
    SSL_free_buffers(drive->ssl);
}

void stls_ssl_bios_trim(struct stls_ssl_bios *drive)
{
  if (drive->ssl == NULL || drive->cause.result != STLS_OK) return;
  stls_ssl_bios_release(drive);
  if (drive->in.bio == NULL) return;
  /* In a handshake, libssl has a BIO of its own before ours. */
  if (SSL_in_init(drive->ssl) == 1) {
    stls_mem_bio_out_trim(&drive->output.bio);
    return;
  }
  SSL_set_bio(drive->ssl, NULL, NULL);
  forget_bios(drive);
}

/* The SSL had their references, and has freed them. */
static void forget_bios(struct stls_ssl_bios *drive)
{
  drive->in.bio = NULL;
  drive->output.bio.bio = NULL;
  stls_mem_bio_in_close(&drive->in);
  stls_mem_bio_out_close(&drive->output.bio);
}
