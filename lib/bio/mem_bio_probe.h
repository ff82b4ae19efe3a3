/* SPDX-License-Identifier: MIT */
/* mem_bio_probe: tests once per process what OpenSSL's BIO_s_mem allows. */
#ifndef STLS_LIB_MEM_BIO_PROBE_H
#define STLS_LIB_MEM_BIO_PROBE_H

#include <stdbool.h>

/* Whether a read-only BIO reads through the BUF_MEM of BIO_get_mem_ptr, so that
 * it can be pointed at other bytes. false where configure disabled it. Any
 * thread. */
bool stls_mem_bio_probe_can_repoint(void);

/* Whether a BIO writes from its own offset on, whatever length its BUF_MEM was
 * set to. false where configure disabled it. Any thread. */
bool stls_mem_bio_probe_can_prime(void);

#endif
