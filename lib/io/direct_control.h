/* SPDX-License-Identifier: MIT */
/* direct_control: shows libssl the control records that another engine opened. */
#ifndef STLS_LIB_DIRECT_CONTROL_H
#define STLS_LIB_DIRECT_CONTROL_H

#include "io/ssl_bios.h"

/* For connections with io->direct whose key for receiving was exported. */

/* What stls_direct_control_show changed. */
struct stls_direct_control_mark {
  struct stls_direct_message message;
};

/* Has stls_direct_input_next select this content, sealed for libssl. The caller
 * guards the error queue. STLS_OK, or STLS_ERROR_MEMORY with nothing changed. */
stls_result stls_direct_control_show(struct stls_ssl_bios *io,
                                     const struct stls_record_content *content,
                                     struct stls_direct_control_mark *out_mark);

/* Takes it back, if libssl did not see it for lack of memory. Returns whether that
 * was so. */
bool stls_direct_control_take_back(struct stls_ssl_bios *io,
                                   const struct stls_direct_control_mark *mark);

#endif
