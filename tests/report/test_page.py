"""Pages: whole in one file, safe with any name, and a slider that slides."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from ganvas.images import Picture, read
from ganvas.metrics import Protocol, Scores
from ganvas.report.detail import busiest, square
from ganvas.report.evaluation import Detail, Evaluation, Measured
from ganvas.report.page import before_after, evaluation_page, write_page
from ganvas.report.text import ReportError

Make = Callable[..., Picture]
HOSTILE = """</title><script>alert("1")</script><img src=x onerror='alert(2)'>&amp;$title${x}.png"""
CHROMIUM = shutil.which("chromium")


class Tags(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def sources(self, **having: str) -> list[str]:
        return [
            attributes["src"] or ""
            for tag, attributes in self.found
            if tag == "img" and having.items() <= attributes.items()
        ]


def decoded(address: str) -> Picture:
    head, data = address.split(",", 1)
    assert head == "data:image/webp;base64"
    return read(base64.b64decode(data))


def evaluation(made: Make, name: str) -> Evaluation:
    detail = Detail(made(16, 16), {"bicubic": made(16, 16, 1), name: made(16, 16, 2)})
    scores = {"bicubic": Scores(28.4242, 0.8124, None), name: Scores(float("inf"), None, 0.987)}
    return Evaluation(Protocol("rgb", 4), {name: [Measured(name, scores, detail)]}, arithmetic="cpu fp32 contiguous")


@pytest.fixture
def pages(made: Make) -> list[str]:
    return [
        before_after(made(30, 40), made(30, 40, 1), HOSTILE, {HOSTILE: HOSTILE}),
        evaluation_page(evaluation(made, HOSTILE)),
    ]


def test_nothing_is_loaded_from_elsewhere(pages: list[str]) -> None:
    for page in pages:
        tags = Tags(page)
        addresses = [
            value
            for _, attributes in tags.found
            for name, value in attributes.items()
            if name in ("src", "href", "srcset", "action", "data", "poster")
        ]
        assert addresses
        assert all(address is not None and address.startswith("data:") for address in addresses)
        assert not re.search(r"https?:|url\(|@import|src=[\"']//", page)
        policies = [a["content"] for _, a in tags.found if a.get("http-equiv") == "Content-Security-Policy"]
        assert policies
        assert (policies[0] or "").startswith("default-src 'none'")
        assert "{" in "".join(tags.text), "the style sheet is in the page"


def test_names_are_text_and_never_markup(pages: list[str]) -> None:
    for page in pages:
        tags = Tags(page)
        assert not any("onerror" in attributes for _, attributes in tags.found)
        assert 'alert("1")' in "".join(tags.text), "the name itself is shown"
        assert "<script>alert" not in page
        assert "$title${x}.png" in page, "a name is not a template"
    assert [sum(tag == "script" for tag, _ in Tags(page).found) for page in pages] == [1, 0]


def test_before_and_after_hold_both_pictures_a_slider_and_a_detail(made: Make) -> None:
    before, after = made(300, 400), made(300, 400, 1)
    page = before_after(before, after, "a photo", {"time": "3 s"})
    tags = Tags(page)
    for name, picture in (("before", before), ("after", after)):
        whole, detail = (decoded(source) for source in tags.sources(alt=name))
        assert np.abs(whole.pixels - picture.pixels).mean() < 0.02
        assert np.abs(detail.pixels - square(picture, busiest(after, 256), 256).pixels).mean() < 0.02
    ranges = [attributes for tag, attributes in tags.found if tag == "input" and attributes["type"] == "range"]
    assert len(ranges) == 1
    assert ranges[0]["aria-label"]
    assert "3 s" in "".join(tags.text)


def test_pictures_in_a_page_are_bounded_and_keep_their_shape(made: Make) -> None:
    page = before_after(made(900, 2000), made(900, 2000, 1), "large", {})
    whole = decoded(Tags(page).sources(alt="after")[0])
    assert (whole.width, whole.height) == (1600, 720)
    assert "--ratio: 2.222222" in page


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1)])
def test_strange_sizes_are_shown(size: tuple[int, int], made: Make) -> None:
    whole = decoded(Tags(before_after(made(*size), made(*size), "odd", {})).sources(alt="before")[0])
    assert max(whole.width, whole.height) == min(max(size), 1600)


def test_transparency_is_shown(made: Make) -> None:
    alpha = np.ones((40, 50), np.float32)
    alpha[:, :25] = 0
    picture = Picture(made(40, 50).pixels, alpha)
    shown = decoded(Tags(before_after(picture, picture, "clear", {})).sources(alt="before")[0])
    assert shown.alpha is not None
    assert shown.alpha[:, :20].max() < 0.1 < 0.9 < shown.alpha[:, 30:].min()


def test_pictures_of_two_sizes_are_no_comparison(made: Make) -> None:
    with pytest.raises(ValueError, match="one size"):
        before_after(made(3, 4), made(4, 3), "", {})


def test_the_evaluation_shows_table_protocol_and_details(made: Make) -> None:
    page = evaluation_page(evaluation(made, "model"))
    tags = Tags(page)
    text = "|".join(tags.text)
    assert "model|bicubic|1|28.42|0.8124|–" in text
    assert "model|model|1, 1 of them equal to the truth|∞|–|0.9870" in text
    assert Protocol("rgb", 4).describe() in text
    assert "cpu fp32 contiguous" in text
    assert "MSSIM" in text
    captions = [
        (attributes["alt"] or "").replace("\N{NO-BREAK SPACE}", " ") for tag, attributes in tags.found if tag == "img"
    ]
    assert captions == ["truth", "bicubic: 28.42 dB, SSIM 0.8124", "model: ∞ dB"]


def test_the_busiest_square_is_where_the_texture_is() -> None:
    pixels = np.zeros((200, 300, 3), np.float32)
    pixels[:, :150] = 1  # one strong edge
    pixels[100:164:2, 200:264:2] = 0.5  # fine texture
    top, left = busiest(Picture(pixels), 64)
    assert (top, left) in [(96, 192), (96, 224), (96, 160), (128, 192)]


def test_a_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_page(path, "ä")
    assert path.read_bytes() == "ä".encode()
    with pytest.raises(ReportError, match="is a folder"):
        write_page(tmp_path, "ä")
    with pytest.raises(UnicodeEncodeError):
        write_page(path, "\ud800")
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]
    assert path.read_bytes() == "ä".encode()


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_the_slider_slides_in_a_browser(made: Make, tmp_path: Path) -> None:
    drive = """<script>
    const report = (name) => document.body.setAttribute("data-" + name, slider.style.getPropertyValue("--at"));
    report("opened");
    range.value = 80; range.dispatchEvent(new Event("input")); report("typed");
    slider.setPointerCapture = () => {}; slider.hasPointerCapture = () => true;
    const box = slider.getBoundingClientRect(), at = (share) => ({clientX: box.left + share * box.width, pointerId: 1});
    slider.dispatchEvent(new PointerEvent("pointerdown", at(.25))); report("pressed");
    slider.dispatchEvent(new PointerEvent("pointermove", at(1.5))); report("dragged");
    document.body.setAttribute("data-clip", getComputedStyle(document.querySelector(".over")).clipPath);
    </script></body>"""
    page = tmp_path / "page.html"
    write_page(page, before_after(made(30, 40), made(30, 40, 1), "a", {}).replace("</body>", drive))
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    options += ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--dump-dom"]
    command = [str(CHROMIUM), *options, f"--user-data-dir={tmp_path / 'profile'}", f"{page.as_uri()}#20"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = dict(re.findall(r'data-(\w+)="([^"]*)"', shown))
    assert found == {
        "opened": "20%",
        "typed": "80%",
        "pressed": "25%",
        "dragged": "100%",
        "clip": "inset(0px 0px 0px 100%)",
    }
