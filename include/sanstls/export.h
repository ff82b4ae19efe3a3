/* SPDX-License-Identifier: MIT */
/* export: attributes of public functions, and what C and C++ spell differently. */
#ifndef SANSTLS_EXPORT_H
#define SANSTLS_EXPORT_H

/*
 * STLS_EXPORT marks a function that the library exports.
 *
 * STLS_CHECKED marks one whose result has to be used: GCC and Clang warn where it is
 * not (warn_unused_result), also, in the case of GCC, behind a cast to void. Functions
 * that return an stls_result have it, except where the only failure is a programming
 * error that changes nothing, where the next call reports the failure, and where the
 * result is only what is asked for: stls_bio_commit, stls_bio_consume,
 * stls_bio_set_limit, stls_keylog_file_error, stls_object_consume_control,
 * stls_object_cork, stls_object_counters, stls_object_error, stls_psk_set_digest, stls_psk_set_identity, stls_psk_set_key and
 * stls_trust_count.
 */

#if defined(__GNUC__)
#define STLS_EXPORT __attribute__((visibility("default")))
#define STLS_CHECKED __attribute__((warn_unused_result))
#else
#define STLS_EXPORT
#define STLS_CHECKED
#endif

/* The null pointer of the _INIT macros. */
#ifdef __cplusplus
#define STLS_NULL nullptr
#else
#define STLS_NULL ((void *)0)
#endif

#ifdef __cplusplus
#define STLS_BEGIN_DECLS extern "C" {
#define STLS_END_DECLS }
#else
#define STLS_BEGIN_DECLS
#define STLS_END_DECLS
#endif

#endif
