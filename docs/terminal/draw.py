"""A terminal's screen, as tmux captures it with its colours, drawn as an SVG: standard input to standard output."""
import html
import re
import sys
import unicodedata

WIDTH, HEIGHT, MARGIN, COLUMNS = 8.43, 19, 16, 80
COLOURS = {31: "#e5534b", 32: "#57ab5a", 33: "#c69026", 34: "#539bf5", 35: "#b083f0", 36: "#39c5cf"}


def columns(text):
    """How many columns a terminal gives to `text`."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def runs(line):
    """A line's pieces of one style each: bold, colour, text. A wide character is a piece of its own, so that it stands
    in its column whatever font is found for it."""
    bold, colour = False, None
    for codes, text in re.findall(r"\x1b\[([0-9;]*)m|([^\x1b]+)", line):
        if text:
            for piece in re.findall(r"[\u1100-\uffff]|[^\u1100-\uffff]+", text):
                yield bold, colour, piece
        else:
            for code in (int(c or 0) for c in codes.split(";")):
                if code == 0:
                    bold, colour = False, None
                elif code == 1:
                    bold = True
                elif code in COLOURS:
                    colour = COLOURS[code]
                elif code == 39:
                    colour = None


lines = sys.stdin.read().rstrip().rstrip("$").rstrip().split("\n")
width = COLUMNS * WIDTH + 2 * MARGIN
height = len(lines) * HEIGHT + 2 * MARGIN
title = html.escape(re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines)))
print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" role="img">')
print(f"<title>{title}</title>")
print(f'<rect width="{width:.0f}" height="{height}" rx="8" fill="#22272e"/>')
print('<g font-family="ui-monospace, DejaVu Sans Mono, Menlo, Consolas, Noto Sans Mono CJK SC, monospace" font-size="14"',
      'fill="#cdd9e5" xml:space="preserve">')
for number, line in enumerate(lines):
    column = 0
    for bold, colour, text in runs(line):
        if text.strip():
            x, y = MARGIN + column * WIDTH, MARGIN + (number + 0.75) * HEIGHT
            style = (' font-weight="bold"' if bold else "") + (f' fill="{colour}"' if colour else "")
            length = f' textLength="{columns(text) * WIDTH:.1f}" lengthAdjust="spacingAndGlyphs"' if len(text) > 1 else ""
            print(f'<text x="{x:.1f}" y="{y:.1f}"{style}{length}>{html.escape(text)}</text>')
        column += columns(text)
print("</g>\n</svg>")
