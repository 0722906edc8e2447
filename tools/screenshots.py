"""The pictures of the README, from a running demo:  .venv/bin/python -m tools.screenshots [ADDRESS [NAME ...]]

Needs Chromium and a CJK font. ADDRESS is where `python3 run.py` says READY; by itself it is http://127.0.0.1:8000.
One change is left in the demo: the leading group's next meeting with its agenda, as in the README's tour.
"""

import os
import re
import shutil
import struct
import sys
import zlib
from collections import Counter
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from agreement.demo_accounts import PASSWORD

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
WIDTH, HEIGHT = 1366, 768
AGREEMENT = "/jiashan-xiuzhou"
# A picture of an application has few colours: a palette makes it a third of the size.
COLOURS, COMMON = 256, 208


def main(address="http://127.0.0.1:8000", *wanted):
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        sys.exit("No Chromium found: install one, or name it in CHROMIUM.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--font-render-hinting=none"]
        )
        for name, account, take in PICTURES:
            if wanted and name not in wanted:
                continue
            context = browser.new_context(
                base_url=address, viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN", reduced_motion="reduce"
            )
            page = context.new_page()
            page.on("response", refuse_errors)
            if account:
                sign_in(page, account)
            take(page)
            page.wait_for_load_state("networkidle")
            path = FOLDER / f"{name}.png"
            path.write_bytes(fewer_colours(page.screenshot(animations="disabled")))
            print(f"{path.name}: {path.stat().st_size // 1024} KB")
            context.close()
        browser.close()


def refuse_errors(response) -> None:
    """A picture of an error page is no picture for the README."""
    if response.status >= 500:
        print(f"{response.url} answered {response.status}", file=sys.stderr)
        os._exit(1)


def sign_in(page: Page, account: str) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=username]:visible", account)
    page.fill("[name=password]:visible", PASSWORD)
    page.press("[name=password]:visible", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def open_card(page: Page) -> None:
    page.goto(f"{AGREEMENT}/domains/2/")
    page.locator(".taskcard", has=page.locator(".number", has_text=re.compile(r"^2\.3$"))).locator(
        ".taskcard-title a"
    ).click()
    page.locator("#drawer-body .milestone summary").nth(1).click()
    page.locator("#drawer-body form:visible button").first.scroll_into_view_if_needed()


def next_agenda(page: Page) -> None:
    """Creates the leading group's next meeting, unless it is there, and generates its agenda."""
    page.goto(f"{AGREEMENT}/meetings/")
    page.get_by_role("link", name="领导小组联席会议", exact=True).first.click()
    page.wait_for_url(re.compile(r"/mechanisms/\d+/$"))
    create = page.locator("form[action$='/meetings/new/'] .btn-primary")
    meeting = page.locator(f"main a[href^='{AGREEMENT}/meetings/']", has_text=re.compile(r"\d"))
    (create if create.count() else meeting).first.click()
    page.wait_for_url(re.compile(r"/meetings/\d+/$"))
    page.goto(f"{page.url}agenda/")
    page.locator("#generate").click()
    page.locator("#agenda ol li").first.wait_for()
    page.reload()  # without the message of success
    page.locator("#agenda .agenda").first.evaluate("list => list.closest('.card').scrollIntoView()")


PICTURES = [
    ("sign-in", None, lambda page: page.goto("/accounts/login/")),
    ("dashboard", "xiuzhou.leader", lambda page: page.goto(f"{AGREEMENT}/")),
    ("board", "jiashan.transport", open_card),
    ("task", "jiashan.transport", lambda page: page.goto(f"{AGREEMENT}/tasks/2.3/")),
    ("ledger", "jiashan.secretary", lambda page: page.goto(f"{AGREEMENT}/ledger/")),
    ("my-work", "xiuzhou.transport", lambda page: page.goto("/me/")),
    ("agenda", "jiashan.secretary", next_agenda),
]


def fewer_colours(png: bytes) -> bytes:
    """The picture with a palette: its COMMON most frequent colours, then the ones least like them; the rest become the nearest."""
    width, height, rows = unpack(png)
    pixels = [row[i : i + 3] for row in rows for i in range(0, len(row), 3)]
    counts = Counter(pixels)
    palette = [colour for colour, _ in counts.most_common(COMMON)]
    nearest = {colour: min((distance(one, colour), i) for i, one in enumerate(palette)) for colour in counts}
    while len(palette) < COLOURS and len(palette) < len(counts):
        palette.append(max(nearest, key=nearest.__getitem__))  # the rare colour that is least like any so far
        for colour, known in nearest.items():
            nearest[colour] = min(known, (distance(palette[-1], colour), len(palette) - 1))
    place = {colour: index for colour, (_, index) in nearest.items()}
    indexes = bytes(map(place.__getitem__, pixels))
    lines = b"".join(b"\0" + indexes[y * width : (y + 1) * width] for y in range(height))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            chunk(b"PLTE", b"".join(palette)),
            chunk(b"IDAT", zlib.compress(lines, 9)),
            chunk(b"IEND", b""),
        ]
    )


def distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def unpack(png: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and RGB rows of a PNG as Chromium writes them: 8 bit RGB, not interlaced."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    if (depth, kind) != (8, 2):
        sys.exit("This Chromium writes another kind of PNG.")
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    raw, stride = zlib.decompress(data), width * 3
    rows: list[bytes] = []
    above = bytearray(stride)
    for y in range(height):
        start = y * (stride + 1)
        row = bytearray(raw[start + 1 : start + 1 + stride])
        undo_filter(raw[start], row, above)
        rows.append(bytes(row))
        above = row
    return width, height, rows


def undo_filter(kind: int, row: bytearray, above: bytearray) -> None:
    """Adds to each byte what the PNG filter had taken off it (PNG specification, section 9)."""
    for x in range(len(row)):
        left = row[x - 3] if x >= 3 else 0
        corner = above[x - 3] if x >= 3 else 0
        up = above[x]
        if kind == 1:
            row[x] = (row[x] + left) & 255
        elif kind == 2:
            row[x] = (row[x] + up) & 255
        elif kind == 3:
            row[x] = (row[x] + (left + up) // 2) & 255
        elif kind == 4:
            guess = left + up - corner
            row[x] = (row[x] + min((left, up, corner), key=lambda value: abs(guess - value))) & 255


if __name__ == "__main__":
    main(*sys.argv[1:])
