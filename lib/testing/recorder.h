/* SPDX-License-Identifier: MIT */
/* recorder: writes down what an object does, as its observer. */
#ifndef STLS_LIB_RECORDER_H
#define STLS_LIB_RECORDER_H

struct stls_recorder;

/* Ends the recording of a transcript that goes away before its object. */
void stls_recorder_detach(struct stls_recorder *recorder);

#endif
