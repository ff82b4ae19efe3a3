/* SPDX-License-Identifier: MIT */
/* record_peer: the steps of the forged side: what it seals, and what becomes of it. */
#ifndef STLS_TEST_RECORD_PEER_H
#define STLS_TEST_RECORD_PEER_H

#include "record_script.h"

/* Each adds to world->wire, or changes it. */

/* Data, which self has to read unless something before it was wrong. */
void record_peer_data(struct record_world *world,
                      const struct record_script_step *step);
/* A record of any type, with content from the input. */
void record_peer_content(struct record_world *world,
                         const struct record_script_step *step);
/* Records at, and beyond, the limits of their length. */
void record_peer_long(struct record_world *world,
                      const struct record_script_step *step);
/* A KeyUpdate, whole or in two records, with or without data between. */
void record_peer_update(struct record_world *world,
                        const struct record_script_step *step);
void record_peer_alert(struct record_world *world,
                       const struct record_script_step *step);
/* The beginning of a handshake message of any type and length. */
void record_peer_message(struct record_world *world,
                         const struct record_script_step *step);
/* Many empty records, or many KeyUpdates. */
void record_peer_many(struct record_world *world,
                      const struct record_script_step *step);
/* A record whose header, tag or type is not as it should be. */
void record_peer_changed(struct record_world *world,
                         const struct record_script_step *step);
/* Bytes of the input, which nobody has sealed. */
void record_peer_raw(struct record_world *world,
                     const struct record_script_step *step);
/* Changes, repeats, drops or cuts what is on its way. */
void record_peer_damage(struct record_world *world,
                        const struct record_script_step *step);

/* Self has taken the first bytes. */
void record_peer_arrive(struct record_world *world, size_t len);

#endif
