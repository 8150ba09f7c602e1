"""A shell that runs the lines of the documentation, in a folder with the files that they name."""

from __future__ import annotations

import importlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import types
import urllib.request
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ganvas.cli.main import app
from ganvas.errors import GanvasError

FILES = Path(__file__).parent / "files"
ADDRESS = "127.0.0.1:8000"

RUN = set[str]()
"""The commands that this process has run."""


@dataclass
class Desk:
    """A page's folder. ``shorter`` are words put behind commands, ``otherwise`` is what is done in place of a line,
    ``once`` are commands that need not be run again, ``long`` those that only the ``patient`` run. ``files`` makes what
    is named and not there.
    """

    folder: Path
    shorter: Mapping[str, str]
    otherwise: Mapping[str, Callable[[Desk, str], None]]
    once: Sequence[str]
    long: Sequence[str]
    patient: bool
    files: Mapping[str, Callable[[Path], None]]
    names: types.ModuleType
    missing: list[str] = field(default_factory=list)
    served: str = ADDRESS
    job: str = ""
    _server: subprocess.Popen[str] | None = None

    def python(self, code: str) -> None:
        """Runs ``code`` after what the page had before it."""
        self.provide(re.findall(r'"([^"\n]+)"', code))
        code = re.sub(r'preset="[\w-]+"', 'preset="smoke"', code)
        code = code.replace("Client()", f'Client("http://{ADDRESS}")').replace(ADDRESS, self.served)
        if re.search(r"onnxruntime|openvino|engine=", code):  # trainings after these in one process have crashed
            (self.folder / "block.py").write_text(code)
            self.bash("python block.py")
        else:
            exec(compile(code, "<block>", "exec"), self.names.__dict__)

    def shell(self, content: str) -> None:
        """Runs the commands of ``content``, one after another."""
        if re.search(r"^\s*(for |while |if |export |\w+=\S*$)", content, flags=re.MULTILINE):
            self.bash(content)
            return
        for line in content.replace("\\\n", " ").splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                self.line(line.strip())

    def line(self, line: str) -> None:
        for start, instead in self.otherwise.items():
            if re.match(start, line):
                instead(self, line)
                return
        words = shlex.split(line.removeprefix(".venv/bin/"), comments=True)
        match words:
            case ["cat", start, "|", "ganvas", *between, ">", end]:
                self.provide([start])
                (self.folder / end).write_bytes(self.ganvas(between, (self.folder / start).read_bytes()))
                return
            case _:
                pass
        if any(word in ("|", "<", ">", ";", "&") or "$" in word for word in words) or words[0] != "ganvas":
            self.bash(line)
            return
        for command in " ".join(shlex.quote(word) for word in words).split(" '&&' "):
            self.ganvas(shlex.split(command)[1:])

    def ganvas(self, words: list[str], given: bytes = b"") -> bytes:
        """What the command line prints, run in this process or, if it runs other engines or serves, in its own."""
        words = [os.path.expanduser(word) for word in words]
        words += next((more.split() for begun, more in self.shorter.items() if re.match(begun, " ".join(words))), [])
        self.provide([word for word in words if word != "prepared"] if words[0] == "prepare" else words)
        said = " ".join(words)
        if not self.patient and any(re.match(begun, said) for begun in self.long):
            return b""
        if said in RUN and any(re.match(begun, said) for begun in self.once):
            return b""
        RUN.add(said)
        if words[0] == "serve":
            self.serve(words)
        elif words[0] == "export" or ("--engine" in words and "patches" not in words):
            self.bash(shlex.join(["ganvas", *words]))
        else:
            result = CliRunner().invoke(app, words, input=given)
            self.judge(shlex.join(words), result.exit_code, result.exception, result.output)
            return result.stdout_bytes
        return b""

    def judge(self, line: str, code: int, error: BaseException | None, said: str) -> None:
        if isinstance(error, GanvasError) and "pip install" in str(error):
            self.missing.append(f"{line}: {error}")
        elif error is not None and not isinstance(error, SystemExit):
            raise AssertionError(f"ganvas {line}: {error}") from error
        else:
            assert code == 0, f"ganvas {line}: {said}"

    def bash(self, line: str) -> None:
        """Runs ``line`` in a real shell, in which ``ganvas`` and ``python`` are those of this environment."""
        self.provide(shlex.split(line, comments=True))
        if "curl" in line and shutil.which("curl") is None:
            self.missing.append(f"{line}: curl is not here")
            return
        here = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        line = re.sub(r"\bcurl ", "curl --no-progress-meter --fail-with-body ", line)  # else 4xx would do
        line = f"set -e -o pipefail\n{line}".replace(ADDRESS, self.served)
        if "jobs/ID" in line:
            line = line.replace("jobs/ID", f"jobs/{self.finished()}")
        done = subprocess.run(["bash", "-c", line], cwd=self.folder, env=here, capture_output=True, text=True)
        assert done.returncode == 0, f"{line}: {done.stdout[-500:]}{done.stderr[-1500:]}"
        if found := re.search(r'"id": ?"(\w+)"', done.stdout):
            self.job = found[1]

    def finished(self) -> str:
        """The number of the last job that a line has made, once it is over."""
        place, end = f"http://{self.served}/v1/jobs/{self.job}", time.monotonic() + 120
        while time.monotonic() < end:
            with urllib.request.urlopen(place) as answer:
                if json.load(answer)["state"] not in ("queued", "running"):
                    return self.job
            time.sleep(0.05)
        raise AssertionError(f"{place} was not over in two minutes")

    def serve(self, words: list[str]) -> None:
        """Starts the service on a free port, which from now on is where the page's address is, in place of the one
        before; one that asks for keys is only seen to start.
        """
        pytest.importorskip("fastapi", reason="the extra web is not installed")
        if "--api-key" not in words:
            self.end()
        command = [sys.executable, "-m", "ganvas", *words, "--port", "0", "--host", "127.0.0.1"]
        server = subprocess.Popen(command, cwd=self.folder, stderr=subprocess.PIPE, text=True)
        assert server.stderr is not None
        found = re.search(r"http://([\d.:]+)", first := server.stderr.readline())
        assert found, first + server.stderr.read()
        if "--api-key" in words:
            ended(server)
            return
        self._server, self.served = server, found[1]

    def end(self) -> None:
        if self._server is not None:
            ended(self._server)
            self._server = None

    def provide(self, words: list[str]) -> None:
        """Makes what is named in ``words`` and not there yet."""
        for word in words:
            name = re.sub(r"^(?:[-\w]*=)?@?(?:~/)?", "", word).removeprefix(f"{self.folder}/").strip("./\"'")
            first = name if name in self.files else name.partition("/")[0]
            if first in self.files and not (self.folder / first).exists():
                self.files[first](self.folder / first)


def ended(server: subprocess.Popen[str]) -> None:
    server.terminate()
    server.communicate(timeout=120)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Callable[..., Desk]]:
    """Lays out a page's folder, which is the working folder and the home of its user too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    names = types.ModuleType("documented")
    monkeypatch.setitem(sys.modules, "documented", names)
    made: list[Desk] = []

    monkeypatch.syspath_prepend(FILES)
    files = importlib.import_module("named_files").MADE

    def lay(**rules: Any) -> Desk:
        made.append(Desk(tmp_path, **rules, files=files, names=names))
        return made[-1]

    yield lay
    for each in made:
        each.end()
