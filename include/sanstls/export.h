/* SPDX-License-Identifier: MIT */
/* export: attributes of public functions, and what C and C++ spell differently. */
#ifndef SANSTLS_EXPORT_H
#define SANSTLS_EXPORT_H

/*
 * STLS_EXPORT marks a function that the library exports. STLS_CHECKED makes the
 * compiler warn where the result is not used. It is missing where the only failure
 * is a programming error that changes nothing, or where the next call reports the
 * failure.
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
