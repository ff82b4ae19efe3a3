/* SPDX-License-Identifier: MIT */
/* asym: does a handshake's key agreements and signatures by libcrypto alone. */
#ifndef STLS_BENCH_ASYM_H
#define STLS_BENCH_ASYM_H

#include "pair.h"

struct asym;

/* Reads the server's key and the CA's; ends the program when it cannot. */
struct asym *asym_open(const struct pair_config *config);
void asym_close(struct asym *asym);

/*
 * Both sides of one handshake with X25519: two keys made, two secrets derived,
 * and unless it is resumed the server's signature (for RSA with PSS), its
 * verification, and that of the signature of the server's certificate, each by its
 * one-shot call of libcrypto.
 */
void asym_shake(struct asym *asym, bool is_resumed);

#endif
