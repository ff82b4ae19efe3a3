/* SPDX-License-Identifier: MIT */
/* export: the attributes that mark public functions. */
#ifndef SANSTLS_EXPORT_H
#define SANSTLS_EXPORT_H

#if defined(__GNUC__)
#define STLS_EXPORT __attribute__((visibility("default")))
#define STLS_CHECKED __attribute__((warn_unused_result))
#else
#define STLS_EXPORT
#define STLS_CHECKED
#endif

#ifdef __cplusplus
#define STLS_BEGIN_DECLS extern "C" {
#define STLS_END_DECLS }
#else
#define STLS_BEGIN_DECLS
#define STLS_END_DECLS
#endif

#endif
