/* SPDX-License-Identifier: MIT */
/* ssl_bios: joins an SSL to its memory BIOs and their queues. */
#include "io/ssl_bios.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/mem.h"
#include "base/version.h"
#include "bio/mem_bio_probe.h"

static bool wipes_freed_buffers(const SSL *ssl);
static void forget_bios(struct stls_ssl_bios *io);
static void empty_key(EVP_PKEY *key);

void stls_ssl_bios_init(struct stls_ssl_bios *io, stls_bio *incoming,
                        stls_bio *outgoing)
{
  memset(io, 0, sizeof *io);
  io->input.incoming = incoming;
  io->output.outgoing = outgoing;
  stls_message_monitor_init(&io->monitor);
  io->key_records = UINT64_MAX;
}

stls_result stls_ssl_bios_open(struct stls_ssl_bios *io, SSL *ssl,
                               const size_t *limits)
{
  io->ssl = ssl;
  io->limits = limits;
  /* With this mode libssl allocates a buffer for each message of a handshake.
   * From 3.2 on, its record writer ignores a mode that is set later. */
  io->can_hold =
      ((unsigned long)SSL_get_mode(ssl) & SSL_MODE_RELEASE_BUFFERS) != 0 &&
      !wipes_freed_buffers(ssl);
  io->releases =
      ((unsigned long)SSL_get_mode(ssl) & SSL_MODE_RELEASE_BUFFERS) != 0 &&
      !stls_version_openssl_at_least(3, 2);
  if (io->releases) SSL_clear_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
  if (stls_ssl_bios_attach(io)) return STLS_OK;
  SSL_free(ssl);
  io->ssl = NULL;
  return STLS_ERROR_MEMORY;
}

void stls_ssl_bios_close(struct stls_ssl_bios *io)
{
  stls_ssl_error_clear(&io->error);
  stls_direct_records_free(io->direct);
  io->direct = NULL;
  stls_mem_free_clear(io->secrets, sizeof *io->secrets);
  io->secrets = NULL;
  if (io->ssl == NULL) return;
  /* SSL_free removes the session of a connection that was not closed from the
   * cache, but the application may have ended it in another way. */
  if (io->error.result == STLS_OK)
    SSL_set_shutdown(io->ssl, SSL_SENT_SHUTDOWN | SSL_get_shutdown(io->ssl));
  SSL_free(io->ssl);
  forget_bios(io);
  io->ssl = NULL;
}

/* libssl's buffers are given back at once, also where they are kept: data does not
 * pass through them any more. */
void stls_ssl_bios_bypass(struct stls_ssl_bios *io,
                          const struct stls_record_algorithms *algorithms)
{
  const struct stls_message_monitor *monitor = &io->monitor;
  struct stls_direct_start start = {.algorithms = algorithms,
                                    .secrets = io->secrets,
                                    .finished = io->finished};

  /* What libssl has read ahead would be missing here. From 3.2 on SSL_has_pending
   * does not tell whether there is any. */
  if (io->direct != NULL || io->input.taken > 0 ||
      SSL_get_read_ahead(io->ssl) != 0)
    return;
  for (int flow = 0; flow < 2; flow++)
    start.records[flow] =
        monitor->records[flow] - monitor->records_before_key[flow];
  io->direct = stls_direct_records_new(io->ssl, &start);
  stls_mem_free_clear(io->secrets, sizeof *io->secrets);
  io->secrets = NULL;
  if (io->direct == NULL) return;
  io->output.diverted = &io->direct->written;
  io->releases = true;
  io->gives_back_bios = !io->keeps_buffers;
  stls_ssl_bios_release(io);
}

bool stls_ssl_bios_make_bios(struct stls_ssl_bios *io)
{
  if (stls_mem_bio_in_open(&io->in, stls_mem_bio_probe_can_repoint()) &&
      stls_mem_bio_out_open(&io->output.bio, stls_mem_bio_probe_can_prime())) {
    SSL_set_bio(io->ssl, io->in.bio, io->output.bio.bio);
    return true;
  }
  stls_mem_bio_in_close(&io->in);
  return false;
}

void stls_ssl_bios_release(struct stls_ssl_bios *io)
{
  /* After a failure, libssl 3.2 and later may have no record layer to ask. */
  if (io->error.result != STLS_OK) return;
  if (wipes_freed_buffers(io->ssl)) return;
  /* 3.0 before 3.0.14 frees a buffer whose record was received or read in
   * part. */
  if (SSL_has_pending(io->ssl) == 0 &&
      stls_record_input_is_between_records(&io->input))
    SSL_free_buffers(io->ssl);
}

void stls_ssl_bios_trim(struct stls_ssl_bios *io)
{
  if (io->ssl == NULL || io->error.result != STLS_OK) return;
  stls_ssl_bios_release(io);
  if (io->direct != NULL) stls_direct_records_trim(io->direct);
  if (SSL_is_init_finished(io->ssl)) stls_ssl_bios_forget_key_exchange(io->ssl);
  if (io->in.bio == NULL) return;
  stls_ssl_bios_detach(io);
  if (io->in.bio != NULL) stls_mem_bio_out_trim(&io->output.bio);
}

/* During a handshake, libssl puts a buffering BIO in front of ours. */
void stls_ssl_bios_detach(struct stls_ssl_bios *io)
{
  if (io->in.bio == NULL || io->error.result != STLS_OK ||
      SSL_in_init(io->ssl) == 1)
    return;
  SSL_set_bio(io->ssl, NULL, NULL);
  forget_bios(io);
}

void stls_ssl_bios_forget_key_exchange(SSL *ssl)
{
  EVP_PKEY *key = NULL;

  if (SSL_version(ssl) != TLS1_3_VERSION) return;
  if (SSL_get_tmp_key(ssl, &key) == 1) empty_key(key);
  if (SSL_get_peer_tmp_key(ssl, &key) == 1) empty_key(key);
}

void stls_ssl_bios_hold(struct stls_ssl_bios *io)
{
  io->holds = true;
  SSL_clear_mode(io->ssl, SSL_MODE_RELEASE_BUFFERS);
  /* From 3.2 on, only this call tells the record layer. */
  SSL_set_mode(io->ssl, 0);
}

void stls_ssl_bios_unhold(struct stls_ssl_bios *io)
{
  io->holds = false;
  /* As above. */
  if (io->error.result != STLS_OK) return;
  SSL_set_mode(io->ssl, SSL_MODE_RELEASE_BUFFERS);
  stls_ssl_bios_release(io);
}

/* With this option, these versions wipe a buffer even after it was freed. */
static bool wipes_freed_buffers(const SSL *ssl)
{
  return stls_version_openssl_at_least(3, 2) &&
         (SSL_get_options(ssl) & SSL_OP_CLEANSE_PLAINTEXT) != 0;
}

/* The SSL had owned the references and has freed them. */
static void forget_bios(struct stls_ssl_bios *io)
{
  io->in.bio = NULL;
  io->output.bio.bio = NULL;
  stls_mem_bio_in_close(&io->in);
  stls_mem_bio_out_close(&io->output.bio);
}

/* Setting a type frees what the key was made of; OpenSSL's functions can be asked
 * about an X25519 key that is empty. */
static void empty_key(EVP_PKEY *key)
{
  (void)EVP_PKEY_set_type(key, EVP_PKEY_X25519);
  EVP_PKEY_free(key);
}
