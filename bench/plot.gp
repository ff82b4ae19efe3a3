# SPDX-License-Identifier: MIT
# plot: curves over the size, and a bar for each target; see plot.sh. Its colours
# are those for light surroundings; plot_colors.awk adds those for dark ones.
load dir."/counts"

INK = "#1f2933"; QUIET = "#5b6773"; GRID = "#d5dae0"
WRITE = "#1d5fd0"; READ = "#c2540a"; MET = "#0b7a5b"; SHORT = "#b3261e"

# All lengths are pixels.
width = 960.0; head = 76.0; gap = 96.0; row = 19.0; foot = 40.0
curves = has_curves ? 216.0 : -24.0
bars = row * (rows > 0 ? rows : 1)
height = head + curves + gap + bars + foot
down(px) = 1 - px / height
across(px) = px / width

set encoding utf8
set terminal svg size width,height dynamic font "DejaVu Sans,Verdana,Helvetica,sans-serif,11" background "#ffffff"
set multiplot
set border 0
unset key

# --- curves over the size of a message ---
set tics nomirror scale 0 textcolor rgb QUIET
set grid ytics linecolor rgb GRID linewidth 1 dashtype solid
set xrange [0.8:5.2]
set xtics ("64 B" 1, "1 KiB" 2, "4 KiB" 3, "16 KiB" 4, "256 KiB" 5)
set format y "%g"
set tmargin at screen down(head + 44)
set bmargin at screen down(head + curves)
files = "naive custom aead"
array name[3] = ["naive memory BIOs / library", \
  "library / custom BIO, the bound of libssl", "library / bare AES-GCM"]
array side[3] = ["above 1 the library is faster", "lower is better", \
  "lower is better"]
set label 11 "{/:Bold=17 What TLS costs with libsanstls}" \
  at screen across(24),down(28) textcolor rgb INK
set label 12 sprintf("Ratios of CPU time, taken in turns on one core. TLS 1.3 with AES-128-GCM where nothing else is said. %d of %d targets met.", met, targets) \
  at screen across(24),down(50) textcolor rgb QUIET
set label 13 caption noenhanced at screen across(24),down(height - 16) \
  textcolor rgb QUIET
do for [i = 1:has_curves ? 3 : 0] {
  left = 24 + 312.0 * (i - 1)
  set lmargin at screen across(left + 32)
  set rmargin at screen across(left + 288)
  set label 4 "{/:Bold=12 ".name[i]."}" at screen across(left),down(head + 10) \
    textcolor rgb INK
  set label 5 side[i] at screen across(left),down(head + 28) textcolor rgb QUIET
  if (i > 1) {
    set label 6 "─ ─ target" at screen across(left + 288),down(head + 28) right \
      textcolor rgb QUIET
  } else {
    set label 6 "{/=13 ●}  write" at screen across(left + 226),down(head + 28) right \
      textcolor rgb WRITE
    set label 7 "{/=13 □}  read" at screen across(left + 288),down(head + 28) right \
      textcolor rgb READ
  }
  set arrow 1 from graph 0,first 1 to graph 1,first 1 nohead \
    linecolor rgb QUIET linewidth 1
  file = dir."/".word(files, i)
  set yrange [value(word(files, i)."_low"):value(word(files, i)."_high")]
  set ytics value(word(files, i)."_step")
  plot file using ($1 - 0.3):5:(0.6):(0) with vectors nohead \
      linecolor rgb WRITE linewidth 1.5 dashtype (4,3), \
    file using ($1 - 0.3):6:(0.6):(0) with vectors nohead \
      linecolor rgb READ linewidth 1.5 dashtype (4,3), \
    file using 1:3 with linespoints linecolor rgb WRITE linewidth 2 pt 7 ps 0.6, \
    file using 1:4 with linespoints linecolor rgb READ linewidth 2 pt 4 ps 0.7
  unset label
}
unset arrow 1

# --- a bar for each target, in pixels: both columns are one plot ---
# The names take what they need, the figures 92, and the bars have the rest.
COLUMN = 464.0
LIMIT = 2.0
NAMES = longest * 5.8
OCTAVE = (COLUMN - 16 - NAMES - 12 - 12 - 92) / (2 * LIMIT)
MIDDLE = 24 + NAMES + 12 + LIMIT * OCTAVE
FIGURES = MIDDLE + LIMIT * OCTAVE + 12
top = head + curves + gap
unset tics
unset grid
set lmargin at screen 0; set rmargin at screen 1
set tmargin at screen down(top - 60); set bmargin at screen down(top + bars)
set xrange [0:width]
set yrange [bars:-60]
log2(v) = log(v) / log(2)
cut(v) = log2(v) > LIMIT ? LIMIT : log2(v) < -LIMIT ? -LIMIT : log2(v)
begin(column) = 24 + COLUMN * column
middle(column) = MIDDLE + COLUMN * column
line(n) = (n - 0.5) * row
is(state, wanted, v) = state == wanted ? v : NaN
set label 1 "{/:Bold=12 Against the targets}" at 24,-46 textcolor rgb INK
set label 2 "{/=13 ●}  met" at 176,-46 textcolor rgb MET
set label 3 "{/=13 ○}  short" at 226,-46 textcolor rgb SHORT
set label 4 "to the right: better than the target, by that factor (cut at 4×)" \
  at 290,-46 textcolor rgb QUIET
array tick[5] = ["¼", "½", "target", "2×", "4×"]
do for [c = 0:1] {
  do for [t = -2:2] {
    set arrow from middle(c) + t * OCTAVE,-14 to middle(c) + t * OCTAVE,bars \
      nohead back linecolor rgb (t == 0 ? QUIET : GRID) linewidth 1
    if (OCTAVE > 32 || t % 2 == 0) {
      set label tick[t + 3] at middle(c) + t * OCTAVE,-22 center textcolor rgb QUIET
    }
  }
}
file = dir."/bars"
plot file using (middle($1)):(line($2)):(is($5, 1, cut($4) * OCTAVE)):(0) \
    with vectors nohead linecolor rgb MET linewidth 6, \
  file using (middle($1)):(line($2)):(is($5, 0, cut($4) * OCTAVE)):(0) \
    with vectors nohead linecolor rgb SHORT linewidth 2, \
  file using (is($5, 1, middle($1) + cut($4) * OCTAVE)):(line($2)) \
    with points pt 7 ps 0.7 linecolor rgb MET, \
  file using (is($5, 0, middle($1) + cut($4) * OCTAVE)):(line($2)) \
    with points pt 6 ps 0.8 linewidth 2 linecolor rgb SHORT, \
  file using (begin($1)):(line($2)):3 with labels left textcolor rgb INK, \
  file using (FIGURES + COLUMN * $1):(is($5, 1, line($2))):6 with labels left \
    textcolor rgb MET, \
  file using (FIGURES + COLUMN * $1):(is($5, 0, line($2))):6 with labels left \
    textcolor rgb SHORT
unset multiplot
