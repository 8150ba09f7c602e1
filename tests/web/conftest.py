"""A service on a free port, with work that is fast, and pictures for it."""

from __future__ import annotations

import importlib
import io
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

FAKES = Path(__file__).parent / "fakes"


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of the fake work, where processes find it too."""
    monkeypatch.syspath_prepend(str(FAKES))
    return importlib.import_module("fake_work")


@pytest.fixture
def png() -> bytes:
    return made_picture("PNG")


@pytest.fixture
def picture_of() -> Callable[..., bytes]:
    return made_picture


def made_picture(format: str, width: int = 12, height: int = 8, **saved: Any) -> bytes:
    across = np.linspace(40, 200, width)[None, :, None] * np.ones((height, 1, 3))
    file = io.BytesIO()
    Image.fromarray(across.astype(np.uint8)).save(file, format, **saved)
    return file.getvalue()


def until(true: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
    return found


@pytest.fixture(name="until")
def _until() -> Callable[..., Any]:
    return until


@dataclass
class Running:
    url: str
    http: Any
    server: Any

    @property
    def service(self) -> Any:
        return self.server.config.app.state.service

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.url.removeprefix("http://").partition(":")
        return host, int(port)

    def send(self, path: str, content: bytes, **query: Any) -> Any:
        return self.http.post(path, content=content, params=query)

    def over(self, job: str) -> Any:
        """What is shown of a job once it is over."""

        def shown() -> Any:
            found = self.http.get(f"/v1/jobs/{job}").json()
            return found if found["state"] not in ("queued", "running") else None

        return until(shown)


@pytest.fixture
def serving(tmp_path: Path, fake: Any) -> Callable[..., Any]:
    """Runs a service: ``with serving(limit=…) as running``."""
    import httpx

    from ganvas.web.run import listening, server
    from ganvas.web.settings import Settings

    @contextmanager
    def run(work: Any = fake.work, key: str | None = None, **limits: Any) -> Generator[Running]:
        made = server(Settings(**{"folder": tmp_path / "service", **limits}), work)
        with listening("127.0.0.1", 0) as place:
            url = f"http://127.0.0.1:{place.getsockname()[1]}"
            thread = threading.Thread(target=made.run, kwargs={"sockets": [place]})
            thread.start()
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            with httpx.Client(base_url=url, trust_env=False, timeout=120, headers=headers) as http:
                try:
                    until(lambda: made.started and http.get("/readyz").status_code == 200, 200)
                    yield Running(url, http, made)
                finally:
                    made.should_exit = True
                    made.end()
                    thread.join(60)
        assert not thread.is_alive()

    return run
