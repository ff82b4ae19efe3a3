/* SPDX-License-Identifier: MIT */
/*
 * sanstls: all public headers, and the conventions that hold for all of them.
 *
 * Ciphertext is pushed in, plaintext is pulled out, and every call says what the
 * connection needs next. The library has no socket, file descriptor, thread, timer
 * or signal.
 *
 * Conventions of all headers:
 *
 * - Four flows: records in, records out (ciphertext, in the bios), plaintext in
 *   (what the application sends), plaintext out (what it receives).
 * - Results: a call that can wait or fail returns an stls_result; numbers come
 *   back through out parameters. Compilers warn where the result of such a call is
 *   not used, but for a few calls (STLS_CHECKED in export.h). An out parameter
 *   other than a count is written on STLS_OK only; counts are written on every
 *   result.
 * - Errors: such a call takes a trailing stls_error, which may be NULL, or acts
 *   on an object, which remembers (stls_object_error). OpenSSL's thread error
 *   queue is left as it was found, but for marks (ERR_set_mark) in it. Nothing
 *   prints, exits or aborts.
 * - Ownership: `new` makes and the caller frees; `up_ref` adds a reference;
 *   `free` gives one back and takes NULL; a getter borrows, and its comment
 *   says until when; a setter copies or takes its own reference.
 * - Output buffers are three arguments: out, out_cap (its bytes) and out_len,
 *   which is required. `NULL, 0` asks for the length: STLS_OK, and *out_len is the
 *   number of bytes. A text (out is a char *) has a NUL behind them, which needs
 *   room, too: out_cap is at least *out_len + 1, as with snprintf. A shorter
 *   buffer is STLS_ERROR_MISUSE with STLS_REASON_OUTPUT_TOO_SMALL: *out_len is the
 *   same, nothing is written, and nothing is ever cut. With other failures
 *   *out_len is 0.
 *   Not meant are calls that move or make as many bytes as they are told
 *   (stls_bio_read, stls_object_read, stls_object_peek, stls_bio_peekv,
 *   stls_object_export_key, stls_random_bytes).
 * - Constants for lengths: _SIZE is room for any such text with its NUL; _MAX is
 *   the greatest number of bytes or items, without a NUL; _LEN is an exact length.
 * - Lists are a pair of functions: x_count, and x (x_at of a value that is a list)
 *   by an index from 0, which gives NULL, or -1 where items are numbers, past the
 *   end.
 * - Spans are a pointer and a length in bytes; the pointer may be NULL when the
 *   length is 0.
 * - Structs that may grow begin with their size, which their _INIT macro sets.
 *   A member counts where it lies wholly within that size, so that a program
 *   built with an older header, and one built with a newer header, work with
 *   this library: members that are not there are as in _INIT, and nothing is
 *   written behind the size, nor behind what the library knows. Where a caller
 *   hands in a byte that is not zero behind what the library knows, it asks for
 *   something that only a newer library can do: STLS_ERROR_UNSUPPORTED. A size
 *   that is not set (0, less than its own, or above 65536) is
 *   STLS_ERROR_MISUSE; stls_error has a rule of its own (error.h). stls_span
 *   and stls_writable_span have no size, and never grow.
 * - Threads: a value is used by one thread at a time unless its header says
 *   more.
 * - Whatever weakens security has `insecure` in its name.
 */
#ifndef SANSTLS_SANSTLS_H
#define SANSTLS_SANSTLS_H

#include <sanstls/alpn.h>
#include <sanstls/bio.h>
#include <sanstls/certificate.h>
#include <sanstls/ciphers.h>
#include <sanstls/client_hello.h>
#include <sanstls/clock.h>
#include <sanstls/conninfo.h>
#include <sanstls/constants.h>
#include <sanstls/context.h>
#include <sanstls/credential.h>
#include <sanstls/error.h>
#include <sanstls/export.h>
#include <sanstls/exporter.h>
#include <sanstls/handover.h>
#include <sanstls/hostname.h>
#include <sanstls/name.h>
#include <sanstls/object.h>
#include <sanstls/observer.h>
#include <sanstls/post_handshake_auth.h>
#include <sanstls/psk.h>
#include <sanstls/reason.h>
#include <sanstls/record_size.h>
#include <sanstls/session.h>
#include <sanstls/stapling.h>
#include <sanstls/trace.h>
#include <sanstls/transfer.h>
#include <sanstls/trust.h>
#include <sanstls/util.h>
#include <sanstls/verify.h>
#include <sanstls/version.h>

#endif
