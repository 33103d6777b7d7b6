# SPDX-License-Identifier: Apache-2.0
#
# terminal.py TEXT PAGE: a page that shows TEXT, with the colours of a terminal in it, as xterm does: on black for a reader
# who prefers dark, else on white. Fails if a colour in it is hard to read on either. For look.py, and for docs/images.
import html
import re
import sys

BRIGHT = {31: "ff0000", 32: "00ff00", 33: "ffff00", 34: "5c5cff", 35: "ff00ff", 36: "00ffff", 37: "ffffff"}  # xterm, bold
STYLE = """:root { color-scheme: light dark; --bg: #ffffff; --text: #000000; }
@media (prefers-color-scheme: dark) { :root { --bg: #000000; --text: #e5e5e5; } }
body { margin: 0; padding: 10px 14px; background: var(--bg); color: var(--text); }
pre { margin: 0; font: 14px/1.25 "DejaVu Sans Mono", Menlo, Consolas, monospace; } b { font-weight: 700; }
"""


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour, background):
    low, high = sorted((luminance(colour), luminance(background)))
    return (high + 0.05) / (low + 0.05)


with open(sys.argv[1], encoding="utf-8", newline="") as file:
    text = file.read().replace("\r\n", "\n")
page, used, is_open = "", set(), False
for piece in re.split(r"(\033\[[0-9;]*m)", text):
    code = re.fullmatch(r"\033\[(?:1;)?([0-9]*)m", piece)
    if not code:
        page += html.escape(piece)
        continue
    page += "</b>" if is_open else ""
    is_open = code.group(1) not in ("", "0")
    if is_open:
        colour = BRIGHT[int(code.group(1))]
        used.add(colour)
        page += '<b style="color:#%s">' % colour
assert used, "no colours in " + sys.argv[1]
for colour in used:
    for background in ("000000", "ffffff"):
        assert contrast(colour, background) >= 3, "#%s on #%s" % (colour, background)  # WCAG's least, for bold text
with open(sys.argv[2], "w", encoding="utf-8") as file:
    file.write("<!DOCTYPE html><meta charset=utf-8><style>%s</style><pre>%s</pre>\n" % (STYLE, page))
