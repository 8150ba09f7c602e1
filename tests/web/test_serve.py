import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

pytest.importorskip("fastapi", reason="the extra web is not installed")

from ganvas.web.run import is_loopback
from ganvas.web.store import Store


def start(folder, *more):
    command = [sys.executable, "-m", "ganvas", "serve", "--port", "0", "--folder", str(folder), *more]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
def test_ctrl_c_stops_it_and_what_waits_stays(tmp_path, png):
    with start(tmp_path / "jobs") as process:
        try:
            url = re.search(r"http://127\.0\.0\.1:\d+", process.stderr.readline()).group()
            request = urllib.request.Request(f"{url}/v1/jobs", png, {"Content-Type": "image/png"})
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with pytest.raises(urllib.error.HTTPError, match="421"):  # no keys, this machine alone: guarded
                opener.open(urllib.request.Request(f"{url}/healthz", headers={"Host": "evil.example"}))
            for _ in range(2):
                assert opener.open(request).status == 202
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=90)[1]
        finally:
            process.kill()
    assert process.returncode == 130
    assert said == "ganvas: stopped: jobs that wait go on when it is started again\n"
    store = Store(tmp_path / "jobs")
    assert store.count("queued") + store.count("done") == 2
    store.close()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--api-key", "nowhere"], "nowhere cannot be read"),
        (["--host", "not a host"], "cannot be used"),
        (["--max-megapixels", "-1"], "max_megapixels"),
        (["--runs", "nowhere"], "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_served_is_one_sentence(tmp_path, more, words, monkeypatch):
    from typer.testing import CliRunner

    from ganvas.cli.main import app
    from ganvas.errors import GanvasError

    found = CliRunner().invoke(app, ["serve", "--folder", str(tmp_path), "--port", "0", *more])
    assert isinstance(found.exception, GanvasError)
    assert words in str(found.exception)


def test_what_others_can_reach_is_known():
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "127.9.9.9")] == [True] * 4
    assert [is_loopback(host) for host in ("0.0.0.0", "::", "10.0.0.1", "example.org")] == [False] * 4
