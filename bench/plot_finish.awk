# SPDX-License-Identifier: MIT
# plot_finish: gnuplot's SVG made smaller, and given a second set of colours for
# dark surroundings. The background changes with them, so that it stays legible
# wherever it is shown.

BEGIN {
  # Light, dark.
  n = split("#ffffff #12171e #1f2933 #e6ebf0 #5b6773 #9aa5b1 #d5dae0 #2f3842 " \
            "#1d5fd0 #74acff #c2540a #f7a35c #0b7a5b #3fc39a #b3261e #ff8f85",
            color, " ")
  FONTS = "DejaVu Sans,Verdana,Helvetica,sans-serif"
}

function hex_of(text,   part, i, out) {
  gsub(/[^0-9,]/, "", text)
  split(text, part, ",")
  out = "#"
  for (i = 1; i <= 3; i++) out = out sprintf("%02x", part[i])
  return out
}

function style(   i, out) {
  out = "<style>@media (prefers-color-scheme:dark){"
  for (i = 1; i < n; i += 2)
    out = out "[fill=\"" color[i] "\"]{fill:" color[i + 1] "}" \
      "[stroke=\"" color[i] "\"]{stroke:" color[i + 1] "}" \
      "[color=\"" color[i] "\"]{color:" color[i + 1] "}"
  return out "}</style>"
}

# A group's first line waits, and is dropped when the group turns out empty.
function put(line) {
  if (waiting != "" && line == "</g>") {
    waiting = ""
    return
  }
  if (waiting != "") print waiting
  waiting = ""
  if (line ~ /^<g fill="none"[^>]*>$/)
    waiting = line
  else if (line != "")
    print line
}

/^<svg/ { in_head = 1 }
in_head && /^>/ {
  sub(/^/, " font-family=\"" FONTS "\" role=\"img\"")
  in_head = 0
  put($0)
  put(style())
  next
}
/^<title>Gnuplot/ {
  put("<title>What TLS costs with libsanstls: ratios and targets</title>")
  next
}
/^<desc>/ { next }
{
  gsub(/<title>[^<]*<\/title>/, "")
  gsub(/ +font-family="[^"]*"/, "")
  gsub(/<tspan *>/, "<tspan>")
  gsub(/'/, "\"")
  while (match($0, /rgb\([0-9, ]*\)/))
    $0 = substr($0, 1, RSTART - 1) hex_of(substr($0, RSTART, RLENGTH)) \
      substr($0, RSTART + RLENGTH)
  gsub(/<path stroke="black" +d="M[0-9.,]* +"\/>/, "")
  gsub(/^[ \t]+/, "")
  gsub(/[ \t]+$/, "")
  put($0)
}
