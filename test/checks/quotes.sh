# SPDX-License-Identifier: MIT
# What checks of documents share: no code and no command in them that was not
# compiled or run. They source it, with a folder of theirs in $work. In a document
#
#   <!-- from: FILE -->        is above each ```c, ```python, ```cmake and ```meson
#                              block, and may be above an ```sh block: its
#                              paragraphs stand in FILE, in that order; all of a
#                              block may be indented less;
#   <!-- file: NAME -->        is above a ```c block that is a whole file of that
#                              name, which the commands find;
#   <!-- rows from: FILE ... --> is above a table: code in its first column stands in
#                              the first FILE, and so on ("-": in none);
#   <!-- run -->               is above each ```console block: "$ command", "> " where
#                              one goes on, and what it prints; or each ```sh
#                              block: commands, and "# what they print";
#   <!-- build -->             is above one whose commands are run elsewhere;
#   <!-- picture -->           is above each ```text block.
#
# FILE is a path in the source tree. A call with arguments in back quotes stands in
# one of the files.

# quotes_check DOCUMENT: prints what is not so.
quotes_check() {
  "$AWK" -v tree="$srcdir" -v name="${1##*/}" '
    function complain(what) { print name ":" FNR ": " what }

    # The lines of a file, as line[path, 1 to num_lines[path]].
    function load(path,   text) {
      if (path in num_lines) return
      num_lines[path] = 0
      while ((getline text < (tree "/" path)) > 0)
        line[path, ++num_lines[path]] = text
      close(tree "/" path)
      if (num_lines[path] == 0) complain("no file " path)
    }

    # Whether the paragraph stands in `path` at `at`, with one more indentation.
    function stands(path, at,   shift, i) {
      shift = length(line[path, at]) - length(part[1])
      if (shift < 0) return 0
      shift = substr(line[path, at], 1, shift)
      if (shift !~ /^ *$/) return 0
      for (i = 1; i <= num_parts; i++)
        if (line[path, at + i - 1] != shift part[i]) return 0
      return 1
    }

    function end_paragraph(   at) {
      if (num_parts == 0) return
      for (at = next_at; at <= num_lines[from]; at++)
        if (stands(from, at)) {
          next_at = at + num_parts
          num_parts = 0
          return
        }
      complain("not in " from ", or not in that order: " part[1])
      num_parts = 0
    }

    function squeeze(text) { gsub(/[ \t]/, "", text); return text }

    # Whether code stands in a file, whatever its white space.
    function is_within(code, path,   i, all) {
      load(path)
      if (!(path in squeezed)) {
        for (i = 1; i <= num_lines[path]; i++) all = all squeeze(line[path, i])
        squeezed[path] = all
      }
      return index(squeezed[path], squeeze(code)) > 0
    }

    function check_row(   cells, num, i, code, rest) {
      num = split($0, cells, / \| |^\| | \|$/)
      for (i = 2; i < num; i++) {
        rest = cells[i]
        while (match(rest, /`[^`]+`/)) {
          code = substr(rest, RSTART + 1, RLENGTH - 2)
          rest = substr(rest, RSTART + RLENGTH)
          num_checked++
          if (column[i - 1] == "" || column[i - 1] == "-") continue
          if (!is_within(code, column[i - 1]))
            complain("not in " column[i - 1] ": " code)
        }
      }
    }

    # Calls with arguments of other lines, to be looked up when all files are known.
    function note_calls(rest,   code) {
      while (match(rest, /`[^`]+`/)) {
        code = substr(rest, RSTART + 1, RLENGTH - 2)
        rest = substr(rest, RSTART + RLENGTH)
        if (code !~ /^[A-Za-z_][A-Za-z0-9_>.-]*\(.*[^ ].*\);?$/) continue
        call[++num_calls] = code
        call_at[num_calls] = FNR
      }
    }

    function open_fence(   kind) {
      kind = substr($0, 4)
      from = ""
      if (kind == "c" && marker ~ /^<!-- file: [a-z_]+\.[ch] -->$/) {
        is_file = 1
        from = substr(marker, 12)
        sub(/ -->$/, "", from)
        num_lines[from] = 0
        num_checked++
      } else if (kind ~ /^(c|python|cmake|meson)$/ ||
                 (kind == "sh" && marker ~ /^<!-- from: /)) {
        if (marker !~ /^<!-- from: [^ ]+ -->$/) complain("a block without a source")
        else {
          from = substr(marker, 12)
          sub(/ -->$/, "", from)
          load(from)
          num_checked++
        }
      } else if (kind == "console" || kind == "sh") {
        if (marker !~ /^<!-- (run|build) -->$/)
          complain("commands that nobody runs")
        num_checked++
      } else if (kind == "text") {
        if (marker != "<!-- picture -->") complain("a block that is no picture")
      } else complain("a block of no known kind: " kind)
      next_at = 1
      num_parts = 0
    }

    # --- the lines of the document ---
    in_fence && /^```$/ {
      if (from != "") end_paragraph()
      in_fence = is_file = 0
      marker = ""
      next
    }
    in_fence {
      if (is_file) line[from, ++num_lines[from]] = $0
      if (from == "" || is_file) next
      if ($0 == "") end_paragraph()
      else part[++num_parts] = $0
      next
    }
    /^```/ { open_fence(); in_fence = 1; next }
    /^(    |\t)/ { complain("an indented block") }
    /^<!-- / {
      marker = $0
      if ($0 ~ /^<!-- rows from: .* -->$/) {
        split("", column)
        split(substr($0, 17, length($0) - 20), column, " ")
        in_rows = 1
      } else if ($0 !~ /^<!-- ((from|file): [^ ]+|run|build|picture) -->$/)
        complain("an unknown mark: " $0)
      next
    }
    /^\|/ {
      if (in_rows) check_row()
      else note_calls($0)
      marker = ""
      next
    }
    {
      if ($0 != "") { marker = ""; in_rows = 0 }
      note_calls($0)
    }
    END {
      if (in_fence) complain("a block without an end")
      if (num_checked == 0) complain("nothing in it is code")
      for (i = 1; i <= num_calls; i++) {
        found = 0
        for (path in num_lines) if (is_within(call[i], path)) found = 1
        FNR = call_at[i]
        if (!found) complain("in no quoted file: " call[i])
      }
    }' "$1"
}

# quotes_files DOCUMENT: the files that it quotes, one a line.
quotes_files() {
  sed -n 's/^<!-- \(rows \)\{0,1\}from: \(.*\) -->$/\2/p' "$1" | tr ' ' '\n' |
    grep -v '^-$' | sort -u
}

# quotes_write_files DOCUMENT FOLDER: the files that it holds whole.
quotes_write_files() {
  "$AWK" -v folder="$2" '
    /^```$/ { if (name != "") close(folder "/" name); name = ""; next }
    /^```/ { name = next_name; next_name = ""; next }
    name != "" { print > (folder "/" name); next }
    /^<!-- file: / { next_name = $3 }' "$1"
}

# quotes_commands DOCUMENT: a script for sh that runs its commands. What the n-th
# prints goes to n.said; what the document shows goes to n.shown of the folder $work
# at once. A command that ends in "&" has to print a line before the next begins.
quotes_commands() {
  "$AWK" -v work="$work" -v port="$2" '
    function finish(   file) {
      if (command == "") return
      file = work "/" ++count
      printf "%s", command > (file ".command")
      printf "%s", shown > (file ".shown")
      close(file ".command")
      close(file ".shown")
      printf "{\n%s\n} >%s.said 2>&1\n", command, file
      if (command ~ /&$/) printf "await %s.said\n", file
      else printf "[ $? -eq 0 ] || echo %d >>%s/failed\n", count, work
      command = shown = ""
    }
    /^```$/ { if (is_run) finish(); is_run = 0; next }
    /^```(console|sh)$/ { is_run = marker == "<!-- run -->"; is_plain = /sh$/; next }
    /^<!-- / { marker = $0 }
    !is_run { next }
    { gsub(/4433/, port) }
    is_plain && /^# / { shown = shown substr($0, 3) "\n"; next }
    is_plain && command ~ /\\$/ { command = command "\n" $0; next }
    is_plain { finish(); command = $0; next }
    /^\$ / { finish(); command = substr($0, 3); next }
    /^> / && shown == "" { command = command "\n" substr($0, 3); next }
    { shown = shown $0 "\n" }
    END {
      print "wait"
    }' "$1"
}

# quotes_compare SHOWN SAID: whether they are the same; "..." in SHOWN is any text,
# and as a line of its own any number of lines.
quotes_compare() {
  "$AWK" '
    function fits(shown, said,   at, piece) {
      at = index(shown, "...")
      if (at == 0) return shown == said
      piece = substr(shown, 1, at - 1)
      if (substr(said, 1, length(piece)) != piece) return 0
      said = substr(said, length(piece) + 1)
      shown = substr(shown, at + 3)
      if (shown == "") return 1
      while (said != "") {
        if (fits(shown, said)) return 1
        said = substr(said, 2)
      }
      return fits(shown, said)
    }
    function same(i, j,   k) {
      if (i > num_shown) return j > num_said
      if (shown[i] == "...") {
        for (k = j; k <= num_said + 1; k++) if (same(i + 1, k)) return 1
        return 0
      }
      return j <= num_said && fits(shown[i], said[j]) && same(i + 1, j + 1)
    }
    FILENAME == ARGV[1] { shown[++num_shown] = $0; next }
    { said[++num_said] = $0 }
    END { exit !same(1, 1) }' "$1" "$2"
}

# quotes_tools: a folder $work/bin with a cc, and a $work/pc with a sanstls.pc, of the
# tree that is being tested; they are put in front of PATH and PKG_CONFIG_PATH.
quotes_tools() {
  mkdir -p "$work/bin" "$work/pc"
  sanitize=
  if [ "${STLS_SANITIZERS:-no}" = yes ]; then
    sanitize=' -fsanitize=address,undefined'
  fi
  # The compiler may be called cc itself. OpenSSL 4.0 deprecates what older ones
  # have nothing instead of.
  printf '#!/bin/sh\nPATH=%s\nexec %s -Wall -Wextra -Werror %s "$@"\n' "$PATH" \
    "$CC" "-Wno-deprecated-declarations$sanitize" >"$work/bin/cc"
  chmod +x "$work/bin/cc"
  # An archive brings no libraries with it.
  others=
  if ! ls .libs/libsanstls.so .libs/libsanstls.dylib >/dev/null 2>&1; then
    others=$(sed -n "s/^dependency_libs='\(.*\)'$/\1/p" libsanstls.la)
  fi
  {
    echo 'Name: sanstls'
    echo 'Description: the library of the tree'
    echo 'Version: 0'
    echo 'Requires: openssl'
    echo "Cflags: -I$(cd "$srcdir" && pwd)/include"
    echo "Libs: -L$PWD/.libs -lsanstls$others -Wl,-rpath,$PWD/.libs"
  } >"$work/pc/sanstls.pc"
  {
    echo 'Name: sanstls-testing'
    echo 'Description: the library of the tree for tests'
    echo 'Version: 0'
    echo 'Requires: sanstls'
    echo 'Cflags:'
    echo 'Libs: -lsanstls-testing'
  } >"$work/pc/sanstls-testing.pc"
  ln -s "$PWD/lib/command/sanstls-transcript" "$work/bin"
  PATH=$work/bin:$PATH
  PKG_CONFIG_PATH=$work/pc${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
  export PATH PKG_CONFIG_PATH
}

# quotes_run DOCUMENT: runs its commands, in a folder that has the files that it
# quotes, the kits and an example, and prints where a command fails or prints something else than is shown.
quotes_run() {
  rm -rf "$work"/[0-9]*.* "$work/failed" "$work/session"
  mkdir "$work/session"
  quotes_files "$1" | while read -r file; do
    if [ -f "$srcdir/$file" ]; then cp "$srcdir/$file" "$work/session"; fi
  done
  # What the guide says to copy.
  [ ! -d "$srcdir/test/embed/kit" ] || cp "$srcdir"/test/embed/kit/fake_*.[ch] \
    "$srcdir/test/embed/uv_echo.c" "$srcdir"/test/embed/kit/player_peer.[ch] \
    "$srcdir/test/guide/own_client.txt" \
    "$work/session"
  quotes_write_files "$1" "$work/session"
  : >"$work/failed"
  {
    cat <<'SCRIPT'
# await FILE: until something is in it, for 20 seconds.
await() {
  turns=200
  while [ ! -s "$1" ] && [ "$turns" -gt 0 ]; do
    sleep 0.1
    turns=$((turns - 1))
  done
}
SCRIPT
    quotes_commands "$1" $((20000 + $$ % 12000))
  } >"$work/script"
  (cd "$work/session" && timeout 120 sh "$work/script") >"$work/rest" 2>&1 ||
    echo "${1##*/}: its commands do not end well"
  cat "$work/rest"
  for shown in "$work"/[0-9]*.shown; do
    [ -f "$shown" ] || continue
    number=${shown%.shown}
    number=${number##*/}
    touch "$work/$number.said"
    if grep -qx "$number" "$work/failed" ||
      ! quotes_compare "$shown" "$work/$number.said"; then
      echo "${1##*/}: \"$(cat "$work/$number.command")\" fails, or prints other" \
        "than is shown:"
      cat "$work/$number.said"
    fi
  done
}
