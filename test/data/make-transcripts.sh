#!/bin/sh
# SPDX-License-Identifier: MIT
# make-transcripts.sh COMMAND: makes the transcripts of the running OpenSSL anew, both
# ends of each scenario of sanstls-transcript, in transcripts/MAJOR.MINOR.
set -eu

command=$1
here=$(cd "$(dirname "$0")" && pwd)
version=$(openssl version | sed 's/^OpenSSL \([0-9]*\.[0-9]*\).*/\1/')
folder=$here/transcripts/$version

rm -rf "$folder"
mkdir -p "$folder"
"$command" record --list | while read -r scenario _; do
  for role in client server; do
    "$command" record "$scenario" --role "$role" \
      --output "$folder/$scenario-$role.txt"
  done
done
find "$folder" -type f | wc -l
