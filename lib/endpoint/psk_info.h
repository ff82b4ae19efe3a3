/* SPDX-License-Identifier: MIT */
/* psk_info: what a snapshot tells of a pre-shared key. */
#ifndef STLS_LIB_PSK_INFO_H
#define STLS_LIB_PSK_INFO_H

#include "context/psk_callbacks.h"
#include "endpoint/conninfo.h"

/* Adds it to a snapshot that was just taken. False: no memory. */
bool stls_psk_info_take(stls_conninfo *info, const SSL *ssl,
                        const struct stls_psk_callbacks_run *run);

#endif
