"""The tab that learns one photo, in a real browser without a window."""

import io
import shutil

import pytest
from PIL import Image

from ganvas.web.worker import enhance

pytest.importorskip("fastapi", reason="the extra web is not installed")
pytest.importorskip("httpx", reason="httpx is not installed")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
PATIENCE = 200_000
"""Milliseconds for what waits for a process that loads torch."""


@pytest.fixture
def page():
    """A page as on a phone that has met no fault and asked nobody but its own service by the end."""
    with playwright.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 390, "height": 844}, accept_downloads=True)
        page.set_default_timeout(PATIENCE)
        asked, faults = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        yield page
        home = page.url.partition("#")[0]
        browser.close()
        assert [url for url in asked if not url.startswith((home, f"blob:{home}", "data:"))] == []
        assert faults == []


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on the path")
def test_a_photo_is_learnt_and_others_are_made_of_it(serving, page, picture_of, tmp_path):
    photo = tmp_path / "photo.png"
    photo.write_bytes(picture_of("PNG", 20, 16))
    with serving(enhance, singles=tmp_path / "singles", singles_preset="smoke") as running:
        page.goto(f"{running.url}/#single")
        tab = page.get_by_role("tabpanel")
        broken = {"name": "<b>no</b>.png", "mimeType": "image/png", "buffer": b"no picture at all"}
        tab.locator(".drop input").first.set_input_files(broken)
        assert tab.locator(".drop").first.inner_text() == "<b>no</b>.png"
        learn = page.get_by_role("button", name="Learn this photo")
        learn.click()
        tab.get_by_role("alert").filter(has_text="is a text file").wait_for()

        tab.locator(".drop input").first.set_input_files(photo)
        tab.locator("input[name=rounds]").first.evaluate(
            "choice => (choice.value = 10)"
        )  # what the service takes at least
        learn.focus()
        page.keyboard.press("Enter")
        tab.get_by_text("Learnt at 20 × 16 in 3 levels.").first.wait_for()

        page.get_by_role("button", name="Random pictures").press("Enter")
        made = tab.get_by_role("group", name="What was made").locator("figure")
        made.nth(2).wait_for()
        page.get_by_role("slider").press("ArrowRight")
        page.get_by_role("button", name="Animation").press("Enter")
        tab.get_by_alt_text("The animation").wait_for()
        tab.locator(".drop input").nth(1).set_input_files(photo)
        tab.get_by_role("alert").filter(has_text="the mask is empty").wait_for()
        edited = tmp_path / "edited.png"
        Image.new("RGB", (20, 16), "white").save(edited)
        tab.locator(".drop input").nth(1).set_input_files(edited)
        tab.get_by_alt_text("An edited copy").wait_for()
        assert made.count() == 5
        with page.expect_download() as found:
            made.first.get_by_role("link").click()
        with Image.open(io.BytesIO(found.value.path().read_bytes())) as image:
            assert (image.format, image.size) == ("PNG", (20, 16))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

        page.reload()
        page.get_by_role("button", name="Delete this photo").click()
        tab.get_by_text("None yet.").wait_for()
        assert running.service.singles.all() == []
