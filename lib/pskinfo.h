/* SPDX-License-Identifier: MIT */
/* pskinfo (L5): what a snapshot tells of a pre-shared key. */
#ifndef STLS_PSKINFO_H
#define STLS_PSKINFO_H

#include "conninfo.h"
#include "psk.h"

/* Adds it to a snapshot that was just taken. False: no memory. */
bool stls_pskinfo_take(stls_conninfo *info, const SSL *ssl,
                       const struct stls_psk_run *run);

#endif
