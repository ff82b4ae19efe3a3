# SPDX-License-Identifier: MIT
# plot_peers: the two tables of bench/README.md that compare the library with others,
# as an SVG: awk -f bench/plot_peers.awk bench/README.md >bench/peers.svg
#
# A bar to the right is a stack that takes more time than the library, one to the
# left a stack that takes less; each step is a factor of two.

BEGIN {
  FS = " *[|] *"
  num_panels = split("16 KiB write + read;64 B write + read;full handshake", title, ";")
  WIDTH = 960; NAMES = 322; PANEL = 198; GAP = 12; ROW = 24; HEAD = 112
  LOW = -2; HIGH = 3
  STEP = (PANEL - 44) / (HIGH - LOW)
}

# A row of the first table: ratios as they are.
function add(name, group, a, b, c) {
  names[++num_rows] = name
  groups[num_rows] = group
  value[num_rows, 1] = a
  value[num_rows, 2] = b
  value[num_rows, 3] = c
}

function sum(text,   part) {
  split(text, part, " */ *")
  return part[1] + part[2]
}

/^\| CPU time, theirs \/ ours/ { in_table = "here"; next }
/^\| measured elsewhere/ { in_table = "elsewhere"; next }
!/^\|/ { in_table = ""; next }
/^\| ---/ { next }
in_table == "here" { gsub(/`/, "", $2); add($2, 1, $3, $4, $5) }
in_table == "elsewhere" && $2 ~ /^best use of libssl/ {
  version = substr($2, 20, 3)
  best[version, 1] = sum($3)
  best[version, 2] = sum($4)
  best[version, 3] = $5
  next
}
in_table == "elsewhere" {
  version = $2 ~ /3\.5/ ? "3.5" : "3.0"
  add($2, 2, sum($3) / best[version, 1], sum($4) / best[version, 2],
    $5 / best[version, 3])
}

function text(x, y, class, anchor, words) {
  gsub(/&/, "\\&amp;", words)
  printf "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\" text-anchor=\"%s\">%s</text>\n",
    x, y, class, anchor, words
}

function left(panel) {
  return NAMES + (panel - 1) * (PANEL + GAP)
}

# Where 1 is.
function middle(panel) {
  return left(panel) + 12 - LOW * STEP
}

function bar(panel, y, ratio,   length_, class, x) {
  length_ = log(ratio) / log(2)
  if (length_ > HIGH) length_ = HIGH
  if (length_ < LOW) length_ = LOW
  length_ *= STEP
  class = ratio >= 1 ? "slower" : "faster"
  x = middle(panel)
  printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"12\" class=\"%s\"/>\n",
    length_ < 0 ? x + length_ : x, y - 10, length_ < 0 ? -length_ : length_, class
  text(length_ < 0 ? x + 5 : x + length_ + 5, y, "figure", "start",
    sprintf(ratio < 1 ? "%.2f" : ratio < 2 ? "%.2f" : "%.1f", ratio))
}

function y_of(row) {
  return HEAD + 22 + (row - 1) * ROW + (groups[row] == 2 ? 40 : 0)
}

END {
  height = y_of(num_rows) + 30
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" " \
    "font-family=\"DejaVu Sans,Verdana,Helvetica,sans-serif\" font-size=\"12\">\n", WIDTH, height
  print "<title>libsanstls and what one could take instead</title>"
  print "<style>"
  print ".paper{fill:#fff}.ink{fill:#1f2933}.head{fill:#1f2933;font-weight:bold}"
  print ".quiet,.figure{fill:#5b6773}.figure{font-size:11px}.slower{fill:#0b7a5b}.faster{fill:#c2540a}"
  print ".grid{stroke:#d5dae0}.one{stroke:#5b6773}"
  print "@media (prefers-color-scheme:dark){.paper{fill:#12171e}.ink,.head{fill:#e6ebf0}"
  print ".quiet,.figure{fill:#9aa5b1}.slower{fill:#3fc39a}.faster{fill:#f7a35c}.grid{stroke:#2f3842}.one{stroke:#9aa5b1}}"
  print "</style>"
  printf "<rect class=\"paper\" width=\"%d\" height=\"%d\"/>\n", WIDTH, height
  printf "<text x=\"24\" y=\"30\" class=\"head\" font-size=\"17\">%s</text>\n",
    "What one could take instead of libsanstls"
  text(24, 52, "quiet", "start", "CPU time, theirs by ours; TLS 1.3, AES-128-GCM, both ends in memory.")
  text(24, 72, "slower", "start", "to the right of 1: it takes more time than libsanstls")
  text(400, 72, "faster", "start", "to the left of 1: it takes less")
  for (p = 1; p <= num_panels; p++) {
    text(left(p) + 12, HEAD - 14, "head", "start", title[p])
    for (t = LOW; t <= HIGH; t++) {
      x = middle(p) + t * STEP
      printf "<path class=\"%s\" d=\"M%.1f %d V%d\"/>\n", t == 0 ? "one" : "grid",
        x, HEAD + 6, height - 18
      text(x, HEAD + 2, "figure", "middle", t == -2 ? "¼" : t == -1 ? "½" : 2 ^ t)
    }
  }
  for (row = 1; row <= num_rows; row++) {
    y = y_of(row)
    if (groups[row] == 2 && groups[row - 1] == 1)
      text(24, y - 26, "quiet", "start", "Measured elsewhere, by the best use of libssl there")
    text(24, y, "ink", "start", names[row])
    for (p = 1; p <= num_panels; p++) bar(p, y, value[row, p])
  }
  print "</svg>"
}
