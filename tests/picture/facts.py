"""Facts of a picture: facts.py FILE STATEMENT... ; each is Python over the names below, and must be true."""
import sys
import unicodedata
import xml.etree.ElementTree as xml

SVG = "{http://www.w3.org/2000/svg}"
raw = open(sys.argv[1], encoding="utf-8").read()
root = xml.fromstring(raw.encode())
title = root.find(SVG + "title").text
desc = root.find(SVG + "desc").text or ""
language = root.get("{http://www.w3.org/XML/1998/namespace}lang")
words = "".join("".join(t.itertext()) for t in root.iter(SVG + "text"))


def number(element, name):
    return float(element.get(name))


def plain(text):
    """Without spaces: a sentence is broken into lines."""
    return "".join(text.split()).replace("\u00a0", "")


class Cell:
    """A page, or pages left out, or pages that are not there."""

    def __init__(self, group):
        self.state = group.get("data-state")
        self.page = int(group.get("data-page") or group.get("data-from") or group.get("data-absent"))
        self.gap = group.get("data-from") is not None
        self.absent = group.get("data-absent") is not None
        self.beyond = group.get("data-beyond") is not None
        self.gone = group.get("class") == "gone"
        self.counts = [int(group.get("data-" + n) or 0) for n in ("touched", "written")]
        rect = group.find(SVG + "rect")
        self.x, self.width = number(rect, "x"), number(rect, "width")


class Map:
    """A mapping that is drawn."""

    def __init__(self, group):
        groups = list(group.iter(SVG + "g"))
        self.text = "".join("".join(t.itertext()) for t in group.iter(SVG + "text"))
        self.start, self.end = (int(group.get("data-" + n), 16) for n in ("start", "end"))
        cells = [g for g in groups if any(g.get("data-" + n) for n in ("page", "from", "absent"))]
        self.cells = [Cell(g) for g in cells if g.get("class") != "fault"]
        self.pages = {c.page: c for c in self.cells if not c.gap}
        facts = next(g for g in groups if g.get("class") == "facts")
        self.count, self.touched, self.written = (
            int(facts.get("data-" + n)) for n in ("pages", "touched", "written"))
        lines = list(group.iter(SVG + "line"))
        self.eof = next((number(e, "x1") for e in lines if e.get("class") == "eof"), None)
        self.was = next((number(e, "x1") for e in lines if e.get("class") == "was"), None)
        self.fault = next((g for g in groups if g.get("class") == "fault"), None)
        if self.fault is not None:
            hits = [e for e in self.fault.iter(SVG + "line") if e.get("class") == "hit"]
            self.hit = number(hits[0], "x1")
            self.address = int(self.fault.get("data-address"), 16)

    def x(self, byte):
        """Where a byte of the mapping must be; its page is drawn."""
        cell = self.pages.get(byte // 4096)
        if cell is None:
            cell = self.pages[byte // 4096 - 1]
            return cell.x + cell.width
        return cell.x + cell.width * (byte % 4096) / 4096

    def states(self, state):
        return [c.page for c in self.cells if c.state == state]

    def drawn(self, state):
        """Pages of a state: those drawn one by one, and those that the gaps count."""
        return len(self.states(state)) + sum(c.counts[1] for c in self.cells if c.gap)

    def hits(self, page):
        """The mark lies within the page, and the address does too."""
        cell = self.pages[page]
        return cell.x < self.hit < cell.x + cell.width and (self.address - self.start) // 4096 == page


def near(a, b):
    return a is not None and abs(a - b) < 0.03


FONTS = {"t": 22, "h": 16, "p": 13, "m": 13, "s": 11.5, "a": 11.5, "w": 12, "k": 12}
FONTS.update({"b": 13.5, "r": 13.5, "o": 13.5})


def boxes():
    """Every text with its place, as wide as common fonts make it."""
    for text in root.iter(SVG + "text"):
        content = "".join(text.itertext())
        kind = text.get("class").split()[0]
        size = FONTS[kind]
        bold = 1.14 if kind in "thbrowk" else 1
        letter = {c: 0.37 * bold for c in "iljtfrI.,:;|!()[]-/\' \u00a0"} if kind != "a" else {}
        other = 0.6 if kind == "a" else 0.61 * bold
        chinese = unicodedata.east_asian_width
        wide = size * sum(1 if chinese(c) in "WF" else letter.get(c, other) for c in content)
        x, y = number(text, "x"), number(text, "y")
        x -= {None: 0, "middle": wide / 2, "end": wide}[text.get("text-anchor")]
        yield content, x, y - 0.72 * size, x + wide, y + 0.12 * size


def overlaps():
    """Texts that stand on each other, or over the rim."""
    all_boxes = list(boxes())
    chips = [r for r in root.iter(SVG + "rect") if r.get("rx") == "10.5"]
    wide = float(root.get("width"))
    tall = float(root.get("height"))
    bad = [b for b in all_boxes if b[1] < 10 or b[3] > wide - 10 or b[4] > tall]
    for chip in chips:
        x, y, w = number(chip, "x"), number(chip, "y"), number(chip, "width")
        inside = [b for b in all_boxes if b[1] < x + w and x < b[3] and b[2] < y + 21 and y < b[4]]
        bad += inside if len(inside) != 1 or inside[0][1] < x or inside[0][3] > x + w else []
    for at, a in enumerate(all_boxes):
        for b in all_boxes[at + 1:]:
            if a[1] < b[3] and b[1] < a[3] and a[2] < b[4] and b[2] < a[4]:
                bad.append((a, b))
    return bad


def safe():
    """One file that needs no other, and shows no letter that hides or reorders others."""
    hidden = [c for c in raw if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs") and c not in "\n"]
    return not hidden and "href" not in raw and raw.count("url(") == raw.count("url(#")


def accessible():
    ids = root.get("aria-labelledby").split()
    dark = "prefers-color-scheme: dark" in raw
    return root.get("role") == "img" and ids == ["title", "desc"] and title and dark


maps = [Map(g) for g in root.iter(SVG + "g") if g.get("class") == "mapping"]
m = maps[0] if maps else None
bad = 0
for statement in sys.argv[2:]:
    if not eval(statement):
        print("not true:", statement)
        bad = 1
if bad:
    for each in maps:
        print({n: v for n, v in vars(each).items() if n not in ("cells", "pages", "fault")})
        print([(c.page, c.state, round(c.x, 2), round(c.width, 2), c.counts) for c in each.cells])
    print(title, desc, overlaps(), sep="\n")
sys.exit(bad)
