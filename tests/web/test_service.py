import re
import socket
import struct
import threading
import zlib

import pytest

pytest.importorskip("fastapi", reason="the extra web is not installed")
pytest.importorskip("httpx", reason="httpx is not installed")

from prometheus_client.parser import text_string_to_metric_families

from ganvas.web.settings import digest

KEY, OTHER = "0123456789abcdef-one", "0123456789abcdef-two"


def claiming(width, height):
    """A PNG of a few bytes that claims to be of this size."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def sentence(answer):
    found = answer.json()
    assert set(found) == {"error"}
    assert "Traceback" not in found["error"]
    assert "/tmp" not in found["error"]
    return found["error"]


def files_of(running):
    return list((running.service.settings.folder / "files").iterdir())


def test_a_picture_comes_back_raw_and_as_form_and_nothing_stays(serving, png):
    with serving() as running:
        answer = running.send("/v1/enhance", png, scale=2)
        assert answer.status_code == 200
        assert answer.content == png  # which is what the fake work makes of it
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["x-remarks"] == '["the picture was copied."]'
        name = "../../../../tmp/evil\0.png"
        form = {"files": {"picture": (name, png, "image/png")}, "data": {"scale": "2", "format": "webp", "style": ""}}
        answer = running.http.post("/v1/enhance", **form)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
        assert files_of(running) == []
        assert running.service.store.count("done") == 0


def test_a_job_is_followed_fetched_and_deleted(serving, png, fake):
    with serving() as running:
        answer = running.send("/v1/jobs", png, task="dehaze")
        assert answer.status_code == 202
        job = answer.json()
        assert re.fullmatch("[0-9a-f]{32}", job["id"])
        place = answer.headers["location"]
        shown = running.over(job["id"])
        assert (shown["state"], shown["progress"], shown["result"]) == ("done", 1.0, f"{place}/result")
        assert running.http.get(shown["result"]).content == png
        assert running.http.get(shown["result"]).content == png
        assert running.http.delete(place).status_code == 204
        assert running.http.get(place).status_code == running.http.delete(place).status_code == 404
        assert files_of(running) == []


def test_a_running_job_has_no_result_and_can_be_cancelled(serving, png, fake, until):
    with serving() as running:
        place = running.send("/v1/jobs", png, quality=fake.SLOW).headers["location"]
        until(lambda: 0 < running.http.get(place).json()["progress"] < 1)
        answer = running.http.get(f"{place}/result")
        assert answer.status_code == 409
        assert "running" in sentence(answer)
        assert running.http.delete(place).status_code == 204
        assert running.over(place.rpartition("/")[2])["state"] == "cancelled"
        assert running.http.get(f"{place}/result").status_code == 409


def test_a_job_that_fails_says_why_where_its_result_would_be(serving, png, fake):
    with serving() as running:
        job = running.send("/v1/jobs", png, quality=fake.KILLED).json()["id"]
        shown = running.over(job)
        assert shown["state"] == "failed"
        answer = running.http.get(f"/v1/jobs/{job}/result")
        assert answer.status_code == 503
        assert sentence(answer) == shown["error"]
        assert running.send("/v1/enhance", png, quality=fake.REFUSED).status_code == 422
        assert running.send("/v1/enhance", png).status_code == 200


def test_broken_pictures_are_refused_before_the_queue(serving, png, picture_of):
    with serving(max_megapixels=1, max_result_megapixels=2) as running:
        jpeg, large = picture_of("JPEG"), picture_of("PNG", 1200, 1000)
        cases = [
            (b"", 400, "empty"),
            (b"just some text", 415, "is a text file"),
            (b"\0" * 5000, 415, "zeros"),
            (bytes(range(255, 0, -1)), 415, "not a picture"),
            (claiming(100_000, 100_000), 413, "10,000.0 megapixels"),
            (png[:20], 422, "damaged"),
            (jpeg[:30], 422, "damaged"),
            (b"BM" + b"\x28" * 60, 415, "is a text file"),
            (b"GIF89a", 422, "damaged"),
            (b"II*\0\xff\xff\xff\xff", 422, "damaged"),
            (large, 413, "the picture has 1.2 megapixels: the limit here is 1"),
        ]
        for content, status, words in cases:
            for path in ("/v1/enhance", "/v1/jobs"):
                answer = running.send(path, content)
                assert (answer.status_code, words in sentence(answer)) == (status, True), (content[:20], answer.text)
        answer = running.send("/v1/enhance", picture_of("PNG", 400, 400), scale=4)
        assert answer.status_code == 413
        assert sentence(answer) == "the result has 2.6 megapixels: the limit here is 2"
        assert files_of(running) == []


def test_fields_that_make_no_sense_are_named(serving, png, picture_of):
    with serving() as running:
        cases = [
            ({"scael": 2}, "did you mean scale?"),
            ({"scale": "nan"}, "scale: "),
            ({"scale": 99}, "scale: "),
            ({"scale": "two"}, "scale: "),
            ({"task": "undress"}, "task: "),
            ({"style": "sharp", "task": "deblur"}, "leave out style"),
            ({"scale": 2, "width": 50}, "give one of scale, width/height and megapixels"),
            ({"width": 900_000}, "16 times"),
            ({"format": "gif"}, "format: "),
            ({"quality": 0}, "quality: "),
        ]
        for query, words in cases:
            answer = running.send("/v1/enhance", png, **query)
            assert (answer.status_code, words in sentence(answer)) == (422, True), (query, answer.text)
        wide = picture_of("PNG", 5000, 2)
        assert "WebP ends at 16,383 a side" in sentence(running.send("/v1/enhance", wide, format="webp"))
        other = running.http.post("/v1/enhance", files={"photo": ("a.png", png)})
        assert (other.status_code, "is called picture" in sentence(other)) == (422, True)
        none = running.http.post("/v1/enhance", files={"scale": (None, "2")})
        assert (none.status_code, "no file" in sentence(none)) == (422, True)
        assert running.http.post("/v1/enhance", json={"picture": "x"}).status_code == 415
        two = running.http.post("/v1/enhance", files=[("picture", ("a.png", png)), ("picture", ("b.png", png))])
        assert two.status_code == 400
        half = {"content": b"--x\r\nno", "headers": {"content-type": "multipart/form-data; boundary=y"}}
        assert running.http.post("/v1/enhance", **half).status_code == 400
        without = {"content": b"--x", "headers": {"content-type": "multipart/form-data"}}
        assert running.http.post("/v1/enhance", **without).status_code == 400


def test_too_many_bytes_are_refused_whatever_length_was_claimed(serving, picture_of):
    with serving(max_bytes=2**20) as running:
        claimed = running.send("/v1/enhance", b"x" * (2 * 2**20))
        streamed = running.http.post("/v1/enhance", content=(b"x" * 2**16 for _ in range(40)))
        form = running.http.post("/v1/enhance", files={"picture": ("a.png", b"x" * (3 * 2**20))})
        for answer in (claimed, streamed, form):
            assert answer.status_code == 413
            assert sentence(answer) == "the picture has more than 1 megabytes, which is the limit here"
        assert files_of(running) == []


def test_a_picture_that_does_not_arrive_is_not_waited_for(serving):
    with serving(upload_seconds=0.3) as running, socket.create_connection(running.address) as line:
        line.sendall(b"POST /v1/jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nfew")
        assert b" 408 " in line.recv(4096)


def test_a_full_queue_says_when_to_come_back(serving, png, fake, until):
    with serving(max_queue=2) as running:
        first = running.send("/v1/jobs", png, quality=fake.SLOW).json()["id"]
        until(lambda: running.http.get(f"/v1/jobs/{first}").json()["state"] == "running")
        waiting = [running.send("/v1/jobs", png) for _ in range(2)]
        assert [answer.status_code for answer in waiting] == [202, 202]
        for path in ("/v1/jobs", "/v1/enhance"):
            answer = running.send(path, png)
            assert answer.status_code == 429
            assert "queue is full" in sentence(answer)
            assert 1 <= int(answer.headers["retry-after"]) <= 600
        running.http.delete(f"/v1/jobs/{first}")
        running.over(waiting[1].json()["id"])
        assert running.send("/v1/enhance", png).status_code == 200


def test_who_waits_too_long_has_the_job_cancelled(serving, png, fake, until):
    with serving(wait_seconds=0.5) as running:
        answer = running.send("/v1/enhance", png, quality=fake.SLOW)
        assert answer.status_code == 504
        assert "/v1/jobs" in sentence(answer)
        until(lambda: running.service.store.count("cancelled") == 1)


def test_who_goes_away_has_the_job_cancelled(serving, png, fake, until):
    with serving() as running:
        with socket.create_connection(running.address) as line:
            head = f"POST /v1/enhance?quality={fake.SLOW} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(png)}\r\n\r\n"
            line.sendall(head.encode() + png)
            until(lambda: running.service.pool.progress)
        until(lambda: not running.service.pool.progress)
        assert running.service.store.count("running") == running.service.store.count("queued") == 0


def test_keys_open_and_jobs_belong_to_them(serving, png):
    keys = frozenset(digest(key) for key in (KEY, OTHER))
    with serving(keys=keys, key=KEY) as running:
        bare = {"Authorization": ""}
        for method, path in (("POST", "/v1/enhance"), ("POST", "/v1/jobs"), ("GET", "/v1/models"), ("GET", "/metrics")):
            for wrong in (bare, {"Authorization": f"Bearer {KEY[:-1]}"}, {"Authorization": "Basic x"}):
                answer = running.http.request(method, path, headers=wrong)
                assert answer.status_code == 401
                assert answer.headers["www-authenticate"] == "Bearer"
                assert "key" in sentence(answer)
        assert running.http.get("/healthz", headers=bare).status_code == 200
        assert running.http.get("/v1/models", headers={**bare, "X-API-Key": OTHER}).status_code == 200
        place = running.send("/v1/jobs", png).headers["location"]
        stranger = {"Authorization": f"Bearer {OTHER}"}
        for method, path in (("GET", place), ("GET", f"{place}/result"), ("DELETE", place)):
            assert running.http.request(method, path, headers=stranger).status_code == 404
        assert running.over(place.rpartition("/")[2])["state"] == "done"


def test_a_restart_keeps_jobs_and_results(serving, png, fake, until):
    with serving() as running:
        made = running.send("/v1/jobs", png).json()["id"]
        running.over(made)
        running.send("/v1/jobs", png, quality=fake.SLOW)
        waiting = running.send("/v1/jobs", png).json()["id"]
        held = {}
        thread = threading.Thread(target=lambda: held.update(answer=running.send("/v1/enhance", png)))
        thread.start()
        until(lambda: running.service.store.count("queued") == 2)
    thread.join(60)
    assert held["answer"].status_code == 503
    assert held["answer"].headers["retry-after"]
    with serving(job_seconds=0.5) as running:
        assert running.http.get(f"/v1/jobs/{made}/result").content == png
        assert running.over(waiting)["state"] == "done"
        assert running.service.store.count("queued") == 0


def test_what_there_is_and_how_it_is_doing(serving, png, fake):
    with serving() as running:
        models = running.http.get("/v1/models").json()
        assert {"fidelity-x2", "deblur", "dehaze"} <= {model["name"] for model in models["models"]}
        assert "digits-generator" not in {model["name"] for model in models["models"]}  # it makes no picture of one
        assert models["tasks"] == ["enlarge", "deblur", "dehaze"]
        assert running.http.get("/healthz").json() == {"status": "ok"}
        running.send("/v1/enhance", png)
        running.send("/v1/enhance", png, quality=fake.KILLED)
        running.http.get("/nothing/here")
        samples = {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(running.http.get("/metrics").text)
            for sample in family.samples
        }
        assert samples["ganvas_jobs_total", (("state", "done"),)] == 1
        assert samples["ganvas_jobs_total", (("state", "failed"),)] == 1
        assert samples["ganvas_worker_deaths_total", ()] == 1
        assert samples["ganvas_job_seconds_count", ()] == 2
        posts = ("ganvas_requests_total", (("method", "POST"), ("route", "/v1/enhance"), ("status", "200")))
        assert samples[posts] == 1
        assert not any("/nothing" in str(key) for key in samples)


def test_pages_that_would_need_a_network_are_off(serving):
    with serving() as running:
        for path in ("/docs", "/redoc", "/page/none.js", "/v1/jobs/../../etc/passwd", "/v1/jobs/%00", "/v1/jobs/xyz"):
            answer = running.http.get(path)
            assert answer.status_code == 404
            sentence(answer)
        wrong = running.http.put("/v1/jobs")
        assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
        sentence(wrong)
        assert "/v1/enhance" in running.http.get("/openapi.json").json()["paths"]


def test_pages_of_other_sites_are_not_answered(serving, png):
    with serving(hosts=frozenset(["photos.example.org"])) as running:
        for headers, status in [
            ({"Host": "localhost:80"}, 200),
            ({"Host": "[::1]:80"}, 200),
            ({"Host": "Photos.example.org"}, 200),
            ({"Host": "evil.example:8000"}, 421),
            ({"Host": "localhost.evil.example"}, 421),
            ({"Sec-Fetch-Site": "cross-site"}, 200),  # a link to it
        ]:
            answer = running.http.get("/healthz", headers=headers)
            assert answer.status_code == status, headers
        for site, status in [("cross-site", 403), ("same-origin", 202), ("none", 202)]:
            answer = running.http.post("/v1/jobs", content=png, headers={"Sec-Fetch-Site": site})
            assert answer.status_code == status, site
            assert ("id" in answer.json()) == (status == 202)
