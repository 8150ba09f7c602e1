import io
import json
import os
import re
import signal
import sys
import zipfile

import pytest

pytest.importorskip("fastapi", reason="the extra web is not installed")
pytest.importorskip("httpx", reason="httpx is not installed")

from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file

from ganvas.web.settings import ServiceError, digest
from ganvas.web.singles_store import LEFT_ALONE, Single, Singles
from ganvas.web.singles_teacher import Lesson
from ganvas.web.worker import enhance

PATIENCE = 250
"""Seconds for what waits for a process that loads torch."""

KEY, OTHER = "0123456789abcdef-one", "0123456789abcdef-two"


@pytest.fixture
def schooling(serving, tmp_path):
    """A service that learns photos at the size of a smoke test: ``with schooling(limit=…) as running``."""

    def run(work=enhance, **limits):
        return serving(work, **{"singles": tmp_path / "singles", "singles_preset": "smoke", **limits})

    return run


@pytest.fixture
def photo(picture_of):
    return picture_of("PNG", 20, 16)


def sentence(answer):
    found = answer.json()
    assert set(found) == {"error"}
    assert "Traceback" not in found["error"]
    assert "/tmp" not in found["error"]
    return found["error"]


def ended(running, until, place):
    """What is shown of a photo once its training is over."""

    def shown():
        found = running.http.get(place).json()
        return found if found["state"] not in ("queued", "running") else None

    return until(shown, PATIENCE)


def size_of(content):
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        return image.format, image.size


def followed(running, until, place, share):
    """What is shown of a photo as soon as more than ``share`` of its training is done."""

    def shown():
        found = running.http.get(place).json()
        assert found["state"] in ("queued", "running"), found
        return found if found["state"] == "running" and found["progress"] > share else None

    return until(shown, PATIENCE)


def refusals(running, place, photo, png):
    """What cannot be made is one sentence."""
    same = {"picture": ("a", photo)}
    cases = [
        ("sample", {"params": {"start_level": 7}}, 422, "level 7 does not exist here: give one from 0"),
        ("sample", {"params": {"width": 5000}}, 422, "width: "),
        ("sample", {"params": {"widht": 50}}, 422, "did you mean width?"),
        ("animate", {"params": {"alpha": "nan"}}, 422, "alpha: "),
        ("enlarge", {"params": {"scale": 50}}, 422, "scale: "),
        ("edit", {"files": same}, 422, "the mask is empty"),
        ("edit", {"content": b""}, 400, "the picture is empty"),
        ("edit", {"files": {**same, "mask": ("m", b"no picture at all")}}, 415, "the mask is a text file"),
        ("edit", {"files": {**same, "mask": ("m", png[:-30])}}, 422, "the mask is damaged"),
        ("paint", {"files": {"picture": ("a", png[:-30])}}, 422, "the picture is damaged"),
        ("paint", {"files": {**same, "mask": ("m", png)}}, 400, "Too many files"),
        ("edit", {"files": {**same, "more": ("m", png)}}, 422, "is called picture or mask, not 'more'"),
        ("harmonise", {"files": {"photo": ("a", photo)}}, 422, "is called picture or mask"),
    ]
    for task, given, status, words in cases:
        answer = running.http.post(f"{place}/{task}", **given)
        assert (answer.status_code, words in sentence(answer)) == (status, True), (task, given, answer.text)
    assert list((running.service.settings.folder / "files").iterdir()) == []


def silence(model):
    """Has the nets of ``model`` add nothing to what they are given."""
    with safe_open(model, "pt") as file:
        held, kept = {name: file.get_tensor(name) for name in file.keys()}, file.metadata()  # noqa: SIM118
    last = re.compile(r"levels\.\d+\.layers\.4\.(weight|bias)")
    save_file({name: held[name] * (not last.fullmatch(name)) for name in held}, model, kept)


def test_a_photo_is_learnt_and_pictures_are_made_of_it(schooling, photo, until, picture_of):
    with schooling() as running:
        answer = running.send("/v1/singles", photo)
        assert (answer.status_code, answer.json()["state"]) == (202, "queued")
        place = answer.headers["location"]
        assert re.fullmatch("/v1/singles/[0-9a-f]{32}", place)
        shown = ended(running, until, place)
        assert (shown["state"], shown["progress"], shown["error"]) == ("done", 1, None)
        assert (shown["levels"], shown["level"], shown["usable"]) == (3, 2, True)
        assert (shown["width"], shown["height"]) == (20, 16)
        assert running.http.get("/v1/singles").json()["singles"] == [shown]
        seen = running.http.get(shown["preview"])
        assert (seen.headers["content-type"], size_of(seen.content)) == ("image/png", ("PNG", (20, 16)))

        one = running.http.post(f"{place}/sample", params={"width": 40, "height": 24, "seed": 3})
        assert (one.headers["content-type"], size_of(one.content)) == ("image/png", ("PNG", (40, 24)))
        several = running.http.post(f"{place}/sample", params={"count": 3, "start_level": 1})
        assert several.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(several.content)) as archive:
            assert archive.namelist() == ["sample-001.png", "sample-002.png", "sample-003.png"]
            assert {size_of(archive.read(name)) for name in archive.namelist()} == {("PNG", (20, 16))}
        moving = running.http.post(f"{place}/animate", params={"frames": 5})
        with Image.open(io.BytesIO(moving.content)) as image:
            assert (image.format, image.size, image.n_frames) == ("GIF", (20, 16), 5)
        garbled = running.http.post(f"{place}/enlarge", params={"scale": 3})  # two rounds teach nothing
        assert (garbled.status_code, "is not the picture any more" in sentence(garbled)) == (422, True)
        silence(running.service.singles.run(shown["id"]) / "model.safetensors")
        large = running.http.post(f"{place}/enlarge", params={"scale": 3})
        assert size_of(large.content) == ("PNG", (60, 48))
        other = picture_of("PNG", 40, 32)
        for task in ("edit", "harmonise"):
            mask = io.BytesIO()
            Image.new("L", (20, 16), 255).save(mask, "PNG")
            files = {"picture": ("a", other), "mask": ("../b", mask.getvalue())}
            made = running.http.post(f"{place}/{task}", files=files, data={"level": "1"})
            assert size_of(made.content) == ("PNG", (20, 16))
            assert "was resized to the learnt photo's 20 x 16" in made.headers["x-remarks"]
        painted = running.send(f"{place}/paint", other, quantise="rgb")
        assert size_of(painted.content) == ("PNG", (20, 16))
        assert list((running.service.settings.folder / "files").iterdir()) == []
        assert b'ganvas_singles{state="done"} 1.0' in running.http.get("/metrics").content
        refusals(running, place, photo, other)

        assert running.http.delete(place).status_code == 204
        assert running.http.get(place).status_code == running.http.delete(place).status_code == 404
        assert not running.service.singles.run(shown["id"]).exists()


def test_photos_that_cannot_be_learnt_are_refused_or_fail_with_a_sentence(schooling, photo, until, picture_of, fake):
    with schooling(fake.work, max_megapixels=0.01) as running:
        cases = [
            (b"", {}, 400, "empty"),
            (b"just some text", {}, 415, "is a text file"),
            (photo[:20], {}, 422, "damaged"),
            (picture_of("PNG", 200, 100), {}, 413, "megapixels"),
            (photo, {"size": 500}, 422, "size: "),
            (photo, {"rounds": 1}, 422, "rounds: "),
        ]
        for content, query, status, words in cases:
            answer = running.send("/v1/singles", content, **query)
            assert (answer.status_code, words in sentence(answer)) == (status, True), (content[:20], answer.text)
        assert [each.name for each in (running.service.settings.singles).iterdir()] == ["lock"]
        place = running.send("/v1/singles", photo[:-30]).headers["location"]  # its header is whole
        shown = ended(running, until, place)
        assert (shown["state"], shown["usable"]) == ("failed", False)
        assert "the picture is damaged" in shown["error"]
        assert "/tmp" not in shown["error"]
        made = running.http.post(f"{place}/sample")
        assert (made.status_code, "its training is failed" in sentence(made)) == (409, True)


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
@pytest.mark.timeout(900)  # three processes that load torch, and give way to whatever else there is
def test_a_training_goes_on_where_its_process_or_the_service_ended_and_keeps_what_it_has(schooling, photo, until, fake):
    with schooling(fake.work, singles_queue=1) as running:
        place = running.send("/v1/singles", photo, rounds=2000).headers["location"]
        before = followed(running, until, place, 0.01)  # beyond its first snapshot
        assert before["seconds_left"] > 0
        early = running.http.post(f"{place}/sample")
        assert (early.status_code, "its training is running" in sentence(early)) == (409, True)
        waiting = running.send("/v1/singles", photo).headers["location"]
        full = running.send("/v1/singles", photo)
        assert (full.status_code, "wait to be learnt already" in sentence(full)) == (429, True)
        assert 10 <= int(full.headers["retry-after"]) <= 600
        os.kill(running.service.teacher.lesson.pid, signal.SIGKILL)
        until(lambda: running.service.singles.get(before["id"]).tries == 2, PATIENCE)
        killed = followed(running, until, place, before["progress"])
        assert running.http.get("/readyz").status_code == 200
    with schooling(fake.work) as running:
        assert running.http.get(place).json()["progress"] >= killed["progress"]
        followed(running, until, place, killed["progress"])
        assert running.http.get(waiting).json()["state"] == "queued"
        for each in (waiting, place):
            assert running.http.delete(each).status_code == 204
        shown = running.http.get(place).json()
        assert (shown["state"], shown["usable"], shown["progress"] > killed["progress"]) == ("stopped", True, True)
        shown = running.http.get(waiting).json()
        assert (shown["state"], shown["usable"]) == ("stopped", False)
        lines = (running.service.singles.run(before["id"]) / "log.jsonl").read_text().splitlines()
        rounds = [(entry["stage"], entry["round"]) for entry in map(json.loads, lines)]
        assert rounds == sorted(set(rounds))  # what was played twice is told once


def test_photos_belong_to_keys(schooling, photo, fake):
    keys = frozenset(digest(key) for key in (KEY, OTHER))
    with schooling(fake.work, keys=keys, key=KEY, singles_preset="nothing") as running:
        bare, stranger = {"Authorization": ""}, {"Authorization": f"Bearer {OTHER}"}
        assert running.http.post("/v1/singles", content=photo, headers=bare).status_code == 401
        place = running.send("/v1/singles", photo).headers["location"]
        assert running.http.get("/v1/singles", headers=stranger).json() == {"singles": []}
        for method, path in (
            ("GET", place),
            ("GET", f"{place}/preview"),
            ("POST", f"{place}/sample"),
            ("DELETE", place),
        ):
            assert running.http.request(method, path, headers=stranger).status_code == 404
            assert running.http.request(method, path, headers=bare).status_code == 401
        assert len(running.http.get("/v1/singles").json()["singles"]) == 1


def test_without_a_folder_there_is_nothing_to_learn_in(serving, photo):
    with serving() as running:
        assert running.send("/v1/singles", photo).status_code == 404
        assert not any("singles" in path for path in running.http.get("/openapi.json").json()["paths"])


def stored(singles, name, **fields):
    single_id = name * 32
    singles.run(single_id).mkdir()
    singles.photo(single_id).write_bytes(b"photo")
    singles.add(Single(id=single_id, owner="", created=ord(name), **fields))
    return single_id


def test_the_folder_outlives_the_service_and_holds_no_more_than_it_may(tmp_path):
    singles = Singles(tmp_path)
    lost, often, waiting = stored(singles, "c"), stored(singles, "b", state="running", tries=3), stored(singles, "a")
    assert singles.claim().id == lost
    with pytest.raises(ServiceError, match="another service works in"):
        Singles(tmp_path)
    singles.close()
    (singles.run(waiting) / "single.json").write_text("{half a no")
    (tmp_path / "d").mkdir()
    singles = Singles(tmp_path)
    singles.recover()
    assert [(each.id, each.state, each.tries) for each in singles.all()] == [(often, "failed", 3), (lost, "queued", 1)]
    assert singles.get(often).error == LEFT_ALONE
    assert {each.name for each in tmp_path.iterdir()} == {lost, often, "lock", "d"}
    done = stored(singles, "e", state="done")
    singles.prune(2)
    assert [each.id for each in singles.all()] == [lost, done]
    assert not singles.run(often).exists()
    singles.close()


def test_a_place_that_cannot_be_used_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ServiceError, match="file cannot be used"):
        Singles(tmp_path / "file")


def test_the_time_left_follows_from_what_was_seen(monkeypatch):
    now = iter((100.0, 130.0))
    monkeypatch.setattr("ganvas.web.singles_teacher.time.monotonic", lambda: next(now))
    lesson = Lesson("a")
    lesson.note(1, 0.2)
    assert lesson.seconds_left is None
    lesson.note(1, 0.5)
    assert lesson.seconds_left == pytest.approx(50)
