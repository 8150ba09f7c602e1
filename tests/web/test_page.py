"""The page in a real browser, without a window."""

import importlib
import json
import re
import shutil

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("fastapi", reason="the extra web is not installed")
pytest.importorskip("httpx", reason="httpx is not installed")
pytest.importorskip("playwright", reason="playwright is not installed")

from playwright.sync_api import expect, sync_playwright

from ganvas.web.settings import digest
from ganvas.web.worker import enhance

expect.set_options(timeout=60_000)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
KEY = "0123456789abcdef-one"
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on the path")


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium):
    """Opens a page and, at the end, holds it to having met no fault and asked nobody else."""
    opened = []

    def visited(url, **options):
        context = chromium.new_context(**options)
        page = context.new_page()
        page.set_default_timeout(60_000)
        asked, faults = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        opened.append((context, url, asked, faults))
        page.goto(url)
        return page

    yield visited
    for context, url, asked, faults in opened:
        context.close()
        home = url.partition("#")[0]
        assert [each for each in asked if not each.startswith((home, f"blob:{home}", "data:"))] == []
        assert faults == []


@pytest.fixture
def work(monkeypatch, fake):
    return importlib.import_module("fake_page").work


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "my photo.jpg"
    exif = Image.Exif()
    exif[0x010E] = "a gradient"
    across = np.linspace(30, 220, 60)[None, :, None] * np.ones((40, 1, 3))
    Image.fromarray(across.astype(np.uint8)).save(path, exif=exif, quality=95)
    return path


def choose(page, path):
    page.wait_for_selector("#ways input")  # until the page knows what the service offers, nobody sees the field
    page.locator("#enhance .drop input").set_input_files(path)
    page.wait_for_selector("#go:enabled")


def test_a_photo_is_chosen_enlarged_compared_and_downloaded(serving, visit, photo):
    """The whole way, with a bundled model."""
    with serving(enhance) as running:
        page = visit(running.url)
        choose(page, photo)
        assert "60 × 40" in page.locator("#chosen").inner_text()
        page.get_by_label("crisper").check()
        page.get_by_label("2×").check()
        page.locator("#go").click()
        page.wait_for_selector("#download:visible", timeout=120_000)
        with page.expect_download() as found:
            page.locator("#download").click()
        assert found.value.suggested_filename == "my photo_x2_sharp.jpg"
        with Image.open(found.value.path()) as image:
            assert (image.format, image.size) == ("JPEG", (120, 80))
            assert image.getexif()[0x010E] == "a gradient"
        assert "120 × 80" in page.locator("#facts").inner_text()
        assert list((running.service.settings.folder / "files").iterdir()) == []


def test_a_first_visit_is_small_and_files_have_no_other_names(serving, chromium, work):
    with serving(work) as running:
        page = chromium.new_context().new_page()
        got = []
        page.on("requestfinished", lambda request: got.append(request))
        page.goto(running.url)
        page.wait_for_selector("#ways input")
        page.wait_for_load_state("networkidle")
        length = sum(len(each.response().body()) for each in got)
        page.context.close()
        assert len(got) <= 16
        assert length < 64 * 1024
        first = running.http.get("/page/page.js")
        assert "script-src 'self';" in first.headers["content-security-policy"]
        again = running.http.get("/page/page.js", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        for name in ("none.js", "..%2fapp.py", "%2e%2e/app.py", "page.js%00"):
            assert running.http.get(f"/page/{name}").status_code == 404
        assert set(running.http.get("/page/none.js").json()) == {"error"}


def test_before_and_after_are_compared_by_keyboard(serving, visit, photo, work):
    with serving(work) as running:
        page = visit(running.url)
        choose(page, photo)
        page.locator("#go").click()
        bar = page.get_by_role("slider", name="Boundary of before and after")
        bar.wait_for()
        assert "without a net" in page.locator("#remarks").inner_text()
        assert page.evaluate("document.activeElement.id") == "result"

        def clip():
            return page.evaluate("document.querySelectorAll('.layer')[1].style.clipPath")

        bar.focus()
        for key, value in [("ArrowRight", 52), ("End", 100), ("PageDown", 90), ("ArrowLeft", 88), ("Home", 0)]:
            page.keyboard.press(key)
            assert bar.get_attribute("aria-valuenow") == str(value)
            assert re.match(rf"inset\((0px|0) {100 - value}%", clip())
        view, image = page.locator(".view"), "document.querySelector('.layer img').style.transform"
        view.focus()
        fitted = page.evaluate(image)
        page.keyboard.press("+")
        zoomed = page.evaluate(image)
        page.keyboard.press("ArrowRight")
        assert len({fitted, zoomed, page.evaluate(image)}) == 3
        page.keyboard.press("0")
        assert page.evaluate(image) == fitted
        page.get_by_label("Zoom in").click()
        assert page.evaluate(image) == zoomed
        box = view.bounding_box()
        page.keyboard.press("0")
        page.get_by_label("Show the whole picture").click()
        page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
        assert bar.get_attribute("aria-valuenow") == "25"


def test_what_is_refused_is_said_in_the_words_of_the_service(serving, visit, photo, tmp_path, work):
    broken, text, large = tmp_path / "broken.jpg", tmp_path / "notes.txt", tmp_path / "large.jpg"
    broken.write_bytes(photo.read_bytes()[:200])
    text.write_text("just some words")
    large.write_bytes(photo.read_bytes() + bytes(2**20))
    with serving(work, max_bytes=2**20) as running:
        page = visit(running.url)
        fault = page.locator("#enhance .error")
        for path, words in [(broken, "damaged"), (text, "is a text file")]:
            choose(page, path)
            page.locator("#go").click()
            expect(fault).to_contain_text(words)
            assert page.locator("#result").is_hidden()
            assert page.locator("#enhance .progress").is_hidden()
        page.locator("#enhance .drop input").set_input_files(large)
        expect(fault).to_contain_text("large.jpg has more than 1 megabytes")
        assert page.locator("#go").is_disabled()
        choose(page, photo)
        assert fault.inner_text() == ""


def test_work_is_followed_and_cancelled_and_a_full_queue_waited_for(serving, visit, photo, png, work, until):
    with serving(work, max_queue=1) as running:
        running.service.pool.seconds = 1
        page = visit(running.url)
        choose(page, photo)
        page.get_by_label("Deblur").check()
        assert page.locator("#scales").is_hidden()
        page.locator("#go").press("Enter")
        expect(page.locator("#enhance .progress p")).to_contain_text(re.compile(r"^[1-9]\d? %"))
        assert page.evaluate("document.activeElement.textContent") == "Cancel"
        waiting = running.send("/v1/jobs", png, task="dehaze").json()["id"]
        page.keyboard.press("Enter")
        expect(page.locator("#enhance .progress")).to_be_hidden()
        assert page.evaluate("document.activeElement.id") == "go"
        assert running.over(waiting)["state"] == "done"  # the worker is free again
        places = [running.send("/v1/jobs", png, task="deblur").headers["location"]]
        until(lambda: running.http.get(places[0]).json()["state"] == "running")
        places.append(running.send("/v1/jobs", png, task="deblur").headers["location"])
        page.get_by_label("Dehaze").check()
        page.locator("#go").click()
        expect(page.locator("#enhance .progress p")).to_contain_text("The queue is full: trying again in")
        for place in reversed(places):
            running.http.delete(place)
        page.wait_for_selector("#download:visible")


def test_photos_are_dropped_and_pasted(serving, visit, photo, work):
    give = """([kind, data]) => {
        const given = new DataTransfer();
        given.items.add(new File([new Uint8Array(data)], `${kind}.jpg`));
        const event = kind === "drop" ? new DragEvent(kind, { dataTransfer: given, bubbles: true, cancelable: true })
            : new ClipboardEvent(kind, { clipboardData: given, bubbles: true });
        document.querySelector("#enhance .drop").dispatchEvent(event);
    }"""
    with serving(work) as running:
        page = visit(running.url)
        page.wait_for_selector("#ways input")
        for kind in ("drop", "paste"):
            page.evaluate(give, [kind, list(photo.read_bytes())])
            expect(page.locator("#chosen")).to_contain_text(f"{kind}.jpg (60 × 40")
        drop = "new DragEvent('drop', { bubbles: true, cancelable: true })"
        opens = page.evaluate(f"document.querySelector('h1').dispatchEvent({drop})")
        assert not opens  # what is dropped beside the place, in place of the page


def test_it_fits_a_phone_in_the_dark(serving, visit, photo, work):
    with serving(work) as running:
        phone = {
            "viewport": {"width": 360, "height": 740},
            "has_touch": True,
            "is_mobile": True,
            "color_scheme": "dark",
        }
        page = visit(running.url, **phone)
        choose(page, photo)
        page.locator("#go").tap()
        page.wait_for_selector("#download:visible")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        buttons = "[...document.querySelectorAll('button, .button')].filter(each => each.offsetParent)"
        assert page.evaluate(f"Math.min(...{buttons}.map(each => each.offsetHeight))") >= 44  # a finger's width
        light = [
            int(each) for each in re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))
        ]
        assert max(light[:3]) < 60


def test_runs_are_shown_apart_from_the_service_and_with_a_key(serving, visit, tmp_path, work):
    run = tmp_path / "runs" / "srgan & co"
    run.mkdir(parents=True)
    (run / "recipe.json").write_text(json.dumps({"recipe": "srgan"}))
    page_of = "<h1>Curves</h1><script>try { parent.document.title } catch { document.title = 'apart' }</script>"
    (run / "report.html").write_text(page_of)
    with serving(work, keys=frozenset([digest(KEY)]), runs=tmp_path / "runs", key=KEY) as running:
        page = visit(running.url)
        field = page.get_by_label("This service needs a key")
        for key in ("wrong-key-0123456789", KEY):
            field.fill(key)
            field.press("Enter")
            page.wait_for_selector("#trouble:not(:empty)" if key != KEY else "#enhance:visible")
        tabs = page.get_by_role("tab")
        tabs.first.focus()
        page.keyboard.press("ArrowRight")
        assert page.locator("#runs").is_visible()
        assert page.locator("#enhance").is_hidden()
        assert tabs.all_inner_texts() == ["Enhance", "Runs"]
        page.get_by_role("button", name="srgan & co").click()
        frame = page.frame_locator("iframe")
        assert frame.locator("h1").inner_text() == "Curves"
        assert page.frames[1].title() == "apart"
        page.keyboard.press("Escape")
        tabs.last.focus()
        page.keyboard.press("ArrowRight")
        assert page.locator("#enhance").is_visible()
        assert page.url.endswith("#enhance")
