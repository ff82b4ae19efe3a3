# SPDX-License-Identifier: MIT
# What scripts share that start servers. They source it, and put the processes that
# they start into $pids: those end with the script.

work=$(mktemp -d)
pids=
end() {
  for pid in $pids; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap end EXIT

# need_openssl CHECK: skips it where there is no command.
need_openssl() {
  if ! openssl version >/dev/null 2>&1 || ! timeout 1 true; then
    echo "$1: skipped: no openssl or timeout command"
    exit 77
  fi
}

# port_of FILE PATTERN: waits until the server has said its port, and sets port.
port_of() {
  port=
  turns=50
  while [ "$turns" -gt 0 ]; do
    port=$(sed -n "s/$2/\\1/p" "$1" | head -n 1)
    [ -z "$port" ] || return 0
    sleep 0.1
    turns=$((turns - 1))
  done
  echo "no server:"
  cat "$1"
  exit 1
}

# free_port NUMBER: sets port, for a server that takes no port 0: another one for each
# number, and one that is not likely to be in use.
free_port() {
  port=$((20000 + ($$ + $1) % 20000))
}
