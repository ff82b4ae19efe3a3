/* SPDX-License-Identifier: MIT */
/* recorder_header: writes the header of a transcript. */
#ifndef STLS_LIB_RECORDER_HEADER_H
#define STLS_LIB_RECORDER_HEADER_H

#include "testing/testing.h"
#include "testing/transcript.h"

/* Writes what is known when a recording begins. STLS_OK. STLS_ERROR_MISUSE: secrets are
 * asked for, and there is no world. STLS_ERROR_MEMORY. */
stls_result stls_recorder_header_write(stls_transcript *transcript,
                                       const stls_object *object,
                                       const stls_transcript_options *options,
                                       stls_error *err);

/* Adds what the handshake decided. false when memory is short. */
bool stls_recorder_header_add_facts(stls_transcript *transcript,
                                    const stls_object *object);

#endif
