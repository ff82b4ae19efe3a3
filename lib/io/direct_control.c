/* SPDX-License-Identifier: MIT */
/* direct_control: shows libssl the control records that another engine opened. */
#include "io/direct_control.h"

#include "base/mem.h"
#include "io/record_translation.h"

stls_result stls_direct_control_show(struct stls_ssl_bios *io,
                                     const struct stls_record_content *content,
                                     struct stls_direct_control_mark *out_mark)
{
  struct stls_direct_records *direct = io->direct;
  struct stls_direct_flow *flow = &direct->flows[STLS_RECORDS_IN];
  const size_t len = content->len + stls_record_suite_overhead(&direct->suite);

  out_mark->message = flow->message;
  direct->shown = stls_mem_alloc(len);
  direct->shown_len = len;
  if (direct->shown == NULL) return STLS_ERROR_MEMORY;
  if (!stls_record_translation_show(direct, content, direct->shown)) {
    stls_mem_free(direct->shown);
    direct->shown = NULL;
    return STLS_ERROR_MEMORY;
  }
  if (content->type == SSL3_RT_HANDSHAKE)
    direct->updates_key = stls_direct_records_follow(
        direct, STLS_RECORDS_IN, content->spans->data, content->len);
  io->budget.bytes_in += len;
  return STLS_OK;
}

bool stls_direct_control_take_back(struct stls_ssl_bios *io,
                                   const struct stls_direct_control_mark *mark)
{
  struct stls_direct_records *direct = io->direct;
  struct stls_direct_flow *flow = &direct->flows[STLS_RECORDS_IN];

  if (direct->shown == NULL || io->error.result != STLS_OK) return false;
  io->budget.bytes_in -= direct->shown_len;
  stls_mem_free(direct->shown);
  direct->shown = NULL;
  direct->updates_key = false;
  flow->message = mark->message;
  flow->inner--;
  return true;
}
