import os
import random
import sys
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra web is not installed")
pytest.importorskip("httpx", reason="httpx is not installed")

import httpx


def memory(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.filterwarnings("ignore")  # those of the tool
def test_the_interface_keeps_what_it_says_of_itself(serving, fake, tmp_path):
    schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed")
    from schemathesis import checks

    folders = {"singles": tmp_path / "singles", "runs": tmp_path}
    with serving(fake.copied, max_queue=10_000, singles_preset="smoke", **folders) as running:
        schema = schemathesis.openapi.from_dict(running.http.get("/openapi.json").json())
        names = ("not_a_server_error", "status_code_conformance", "content_type_conformance")
        wanted = [*(getattr(checks, names[0]),), *checks.CHECKS.get_by_names(names[1:])]
        wanted.append(checks.CHECKS.get_one("response_schema_conformance"))
        asked = 0
        for found in schema.get_all_operations():
            operation = found.ok()

            @hypothesis.settings(
                max_examples=25,
                deadline=None,
                database=None,
                derandomize=True,
                suppress_health_check=list(hypothesis.HealthCheck),
            )
            @hypothesis.given(case=operation.as_strategy())
            def ask(case):
                nonlocal asked
                asked += 1
                response = case.call(base_url=running.url)
                case.validate_response(response, checks=wanted)
                assert b"Traceback" not in response.content

            ask()
        assert asked > 100
        assert running.http.get("/readyz").status_code == 200


@pytest.mark.skipif(sys.platform != "linux", reason="memory and open files are read from /proc")
@pytest.mark.parametrize(("first", "more"), [(150, 150), pytest.param(300, 700, marks=pytest.mark.slow)])
def test_many_requests_leak_nothing(serving, png, picture_of, first, more):
    chance = random.Random(0)
    whole = [picture_of(format) for format in ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF")]

    def broken():
        content = bytearray(chance.choice(whole))
        for _ in range(chance.randrange(1, 6)):
            content[chance.randrange(min(len(content), 80))] = chance.randrange(256)
        return bytes(content[: chance.randrange(len(content))] if chance.random() < 0.5 else content)

    with serving() as running:
        (worker,) = running.service.pool.pids

        def ask(count):
            statuses = set()
            for _ in range(count):
                if chance.random() < 0.5:
                    answer = running.send("/v1/enhance", broken(), scale=chance.choice(["2", "x", "-1", ""]))
                else:
                    answer = running.http.post(
                        "/v1/enhance", files={"picture": ("\udcff.png".encode("utf-8", "replace").decode(), broken())}
                    )
                assert answer.status_code < 500, answer.text
                if answer.status_code != 200:
                    assert set(answer.json()) == {"error"}
                    assert "/tmp" not in answer.text
                statuses.add(answer.status_code)
            return statuses

        ask(first)
        before = memory(os.getpid()), memory(worker), len(os.listdir("/proc/self/fd"))
        assert {200, 415, 422} <= ask(more)
        assert running.service.pool.pids == [worker]
        assert memory(os.getpid()) - before[0] < 12 * 2**20
        assert memory(worker) - before[1] < 4 * 2**20
        assert abs(len(os.listdir("/proc/self/fd")) - before[2]) <= 2
        assert list((running.service.settings.folder / "files").iterdir()) == []


def test_lines_that_are_no_requests_do_no_harm(serving, png):
    import socket

    with serving() as running:
        for line in (b"\0\xff\r\n\r\n", b"POST /v1/jobs HTTP/1.1\r\nContent-Length: -1\r\n\r\n"):
            with socket.create_connection(running.address) as connection:
                connection.sendall(line)
                assert b" 400 " in connection.recv(1000)
        lengths = {"Content-Length": "9" * 5000}
        with pytest.raises(httpx.HTTPError):
            running.http.post("/v1/jobs", content=b"", headers=lengths)
        assert running.send("/v1/enhance", png).status_code == 200
