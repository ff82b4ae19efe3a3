#!/bin/sh
# SPDX-License-Identifier: MIT
# check_changelog: converts a program by the table of lib/CHANGELOG.md.
# - Each line of the table is an old name, a tab and a new one; the headers have
#   the new names and have none of the old ones.
# - The program below is written against all of the old names. Converted, it
#   compiles without warnings, links, and runs.
set -eu

: "${srcdir:=.}" "${AWK:=awk}" "${CC:=cc}" "${OPENSSL_CFLAGS:=}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL

fail() {
  echo "check_changelog: $1" >&2
  exit 1
}

tab=$(printf '\t')
sed -n '/^```tsv$/,/^```$/p' "$srcdir/lib/CHANGELOG.md" |
  sed '/^```/d' >"$work/table"
[ -s "$work/table" ] || fail 'lib/CHANGELOG.md has no table'
if grep -vE "^[^$tab]+$tab[^$tab]+\$" "$work/table"; then
  fail 'a line of the table is not OLD<TAB>NEW'
fi

# has TEXT FILE: the text is in the file, as whole words.
has() {
  "$AWK" -v text="$1" '
    function is_word(c) { return c ~ /^[A-Za-z0-9_]$/ }
    {
      line = $0
      before = ""
      while ((at = index(line, text)) > 0) {
        if (at > 1) before = substr(line, at - 1, 1)
        line = substr(line, at + length(text))
        if (!is_word(before) &&
            !(is_word(substr(text, length(text))) && is_word(substr(line, 1, 1))))
          found = 1
        before = substr(text, length(text))
      }
      before = ""
    }
    END { exit !found }' "$2"
}

# convert <PROGRAM: what a user does with the table.
convert() {
  "$AWK" -v table="$work/table" '
    function is_word(c) { return c ~ /^[A-Za-z0-9_]$/ }
    BEGIN {
      while ((getline line < table) > 0) {
        split(line, pair, "\t")
        from[++count] = pair[1]
        to[count] = pair[2]
      }
    }
    {
      line = $0
      for (i = 1; i <= count; i++) {
        done = ""
        while ((at = index(line, from[i])) > 0) {
          size = length(from[i])
          done = done substr(line, 1, at - 1)
          line = substr(line, at + size)
          whole = !is_word(substr(done, length(done))) &&
            !(is_word(substr(from[i], size)) && is_word(substr(line, 1, 1)))
          done = done (whole ? to[i] : from[i])
        }
        line = done line
      }
      print line
    }'
}

cat >"$work/old.c" <<'SOURCE'
#include <stdio.h>

#include <sanstls/algorithms.h>
#include <sanstls/cipher.h>
#include <sanstls/clientauth.h>
#include <sanstls/clienthello.h>
#include <sanstls/context.h>
#include <sanstls/counters.h>
#include <sanstls/exporter.h>
#include <sanstls/feature.h>
#include <sanstls/hostname.h>
#include <sanstls/keylog.h>
#include <sanstls/object.h>
#include <sanstls/oid.h>
#include <sanstls/pem.h>
#include <sanstls/policy.h>
#include <sanstls/random.h>
#include <sanstls/result.h>
#include <sanstls/textlist.h>
#include <sanstls/ticket.h>
#include <sanstls/timestamp.h>

/* Names within names stay: stls_context_newer, my_stls_room. */
static unsigned count_contexts(void)
{
  stls_context *made[4] = {NULL, NULL, NULL, NULL};
  unsigned count = 0;

  if (stls_context_new(STLS_SERVER, NULL, NULL, &made[0], NULL) == STLS_OK)
    count++;
  if (stls_context_new_default(STLS_SERVER_AUTH, NULL, NULL, &made[1], NULL) ==
      STLS_OK)
    count++;
  if (stls_context_new_default(STLS_CLIENT_AUTH, NULL, NULL, &made[2], NULL) ==
      STLS_OK)
    count++;
  if (stls_context_new_insecure_unverified(NULL, NULL, &made[3], NULL) ==
      STLS_OK)
    count++;
  for (unsigned i = 0; i < 4; i++) stls_context_free(made[i]);
  return count;
}

static int show_list(const stls_text_list *list)
{
  for (size_t i = 0; i < stls_text_list_count(list); i++)
    puts(stls_text_list_at(list, i, NULL));
  return 0;
}

static int show_object(stls_object *object, stls_text_list *list)
{
  stls_wants wants[] = {STLS_WANTS_RECORDS_IN,    STLS_WANTS_RECORDS_OUT,
                        STLS_WANTS_PLAINTEXT_IN,  STLS_WANTS_PLAINTEXT_OUT,
                        STLS_WANTS_HANDSHAKE,     STLS_WANTS_CONTEXT};
  stls_session *session = NULL;
  char bytes[16], text[STLS_DESCRIPTION_MAX];
  stls_room room = {bytes, sizeof bytes};
  size_t len = 0;

  if (stls_object_wants(object) & (unsigned)wants[0]) return 1;
  if (stls_object_next_session(object, &session, NULL) == STLS_OK) return 1;
  if (stls_object_num_shared_ciphers(object) != 0) return 1;
  if (stls_object_readv(object, &room, 1, &len) >= 0) return 1;
  if (stls_object_describe(object, text, sizeof text, &len, NULL) == STLS_OK)
    return 1;
  stls_text_list_free(list);
  return 0;
}

int main(void)
{
  stls_version version = STLS_TLS_1_2;
  stls_hostname_flags flags = STLS_HOSTNAME_ANY_LABEL;
  int value = 0;

  if (count_contexts() != 4 || show_list(NULL) || show_object(NULL, NULL))
    return 1;
  if (!stls_version_from_name(stls_version_name(version), &value)) return 2;
  if (!stls_purpose_from_name("CLIENT_AUTH", &value)) return 3;
  if (value != STLS_CLIENT_AUTH || value == STLS_SERVER_AUTH) return 4;
  if (STLS_EXPORT_MAX != 8160 || flags != 2) return 5;
  puts(stls_trace_content_name(STLS_CONTENT_ALERT));
  return 0;
}
SOURCE

cat "$srcdir"/include/sanstls/*.h >"$work/headers"
while IFS=$tab read -r old new; do
  has "$old" "$work/old.c" || fail "the program here does not use $old"
  for name in "$old" "$new"; do
    case $name in
      sanstls/*.h) [ -f "$srcdir/include/$name" ] && there=yes || there=no ;;
      *) has "${name%%[!A-Za-z0-9_]*}" "$work/headers" && there=yes || there=no ;;
    esac
    case $name,$there in
      "$new,no") fail "the headers have no $new" ;;
      "$old,yes")
        # A call whose argument chooses the new name has no single old name.
        case $old in *[!A-Za-z0-9_/.]*) ;; *) fail "there is still $old" ;; esac
        ;;
    esac
  done
done <"$work/table"

convert <"$work/old.c" >"$work/new.c"
grep -q 'stls_context_newer, my_stls_room' "$work/new.c" ||
  fail 'a part of a longer name was converted'
sanitize=
[ "${STLS_SANITIZERS:-no}" = no ] || sanitize='-fsanitize=address,undefined'
# shellcheck disable=SC2086
./libtool --silent --tag=CC --mode=link "$CC" -std=c11 -Wall -Wextra -Werror \
  $sanitize -I"$srcdir/include" $OPENSSL_CFLAGS -o "$work/new" "$work/new.c" \
  libsanstls.la
[ "$("$work/new")" = alert ] || fail 'the converted program does not run'

echo 'a program with the old names is converted, compiles and runs'
