/* SPDX-License-Identifier: MIT */
/* reframe: seals OpenSSL's records again, with other boundaries and padding. */
#ifndef STLS_MODEL_REFRAME_H
#define STLS_MODEL_REFRAME_H

#include <openssl/ssl.h>
#include <sanstls/bio.h>

#include "rng.h"

/*
 * What a side sends is opened with its keys, which its key log tells, and sealed
 * again (TLS 1.3 with AES-128-GCM; RFC 8446, 5). Handshake messages of one flight
 * share records, or are cut into small ones, and there is padding, and empty
 * records of data, as far as the RFC allows it. What is in plain text is cut as
 * well.
 */
struct reframe;

/* `how` 0 changes nothing; else bits: 1: handshake messages are cut; 2: they share
 * records; 4: padding and empty records. */
struct reframe *reframe_new(uint32_t how, bool is_server, rng *random);
void reframe_free(struct reframe *reframe);

/* Turns the bytes of a flight that OpenSSL wrote into bytes for the peer. An
 * incomplete rest is kept for the next call. */
void reframe_put(struct reframe *reframe, stls_bio *out, const void *bytes,
                 size_t len);
void reframe_flush(struct reframe *reframe, stls_bio *out);

/* For SSL_CTX_set_keylog_callback; the SSL's app data is its reframe. */
void reframe_learn(const SSL *ssl, const char *line);

#endif
