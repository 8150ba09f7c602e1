"""Every block of code in the README and the documentation does what it says, page by page, from the top."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from markdown_it import MarkdownIt
from torch.distributed.run import get_args_parser
from typer import Context
from typer.core import TyperGroup
from typer.main import get_command

from ganvas.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BEGUN = ("ganvas ", "make ", "pip ", "python ", "curl ", "cat ", "torchrun ", ".venv/bin/ganvas ")
"""How a block of commands begins."""

# All exceptions to "exactly as written" are in the tables from here to SHOWN.

SHORTER = {
    # the last of two options wins: the commands are run as they are written, with these words behind them
    r"(enhance .*--model (runs/|RealESRGAN)|single enlarge)": "--no-guard",  # so few rounds make no picture
    "enhance .*--workers": "--workers 1",  # a process starts in seconds; the tests of the pool have more than one
    r"enhance .*--width 3000": "--width 300",  # the photo here has 48 pixels, and 16 times is the most
    "train .*--set rounds=": "--preset smoke --device cpu --set rounds=3",
    "train": "--preset smoke --device cpu",  # hours
    "sweep": "--preset smoke --device cpu --seeds 1",
    "single train": "--preset smoke --device cpu --set max_size=48",  # minutes; SIFID needs 32 pixels
    "experiment": "--preset smoke",  # up to half an hour
    "prepare": "--size 64 --max-per-scale 2 --workers 1",  # the photos here are small, and a process starts in seconds
    "serve .*--folder": "--folder service --singles singles",  # the folders of a server
    "single sample": "--count 1 --max-size 32",
    "single harmonise": "--max-size 32",
    "single edit": "--max-size 32",
    "single animate": "--frames 3",
    "single evaluate examples/": "--samples 2 --max-size 64",
    "single evaluate": "--samples 2",
    "latent arithmetic": "--count 100",  # in place of 2,000 codes
    "latent boundary": "--count 300",  # in place of 6,000
    "latent edit": "--boundaries kept.safetensors",  # in place of finding them among 6,000 codes
    "latent invert": "--steps 3 --count 2",
    "latent complete": "--steps 3",
    "latent encode": "--steps 3 --rounds 3 --count 2",
}


ONCE = (
    # of files that are the same for all pages, and nothing reads what they write: one page a process runs them
    "latent (walk|arithmetic)",
    "distance SAMPLES",
    "single sample examples/",
    "evaluate .*--perceptual",
    "experiment ",
)

LONG = (
    # 2 to 30 seconds each, which is too much for every page: `make slow` runs them
    "experiment (improved-singan|vanishing-gradient|two-gaussians)",
    "evaluate .*--perceptual vgg16-hed",
    "enhance examples/",
    "enhance .*--engine",  # with `export`: a process of their own each
    "export (fidelity-x4|fidelity-x2 --to openvino)",
)


def _target(desk: Any, line: str) -> None:
    """The target is there; what it does, the tests and `make check` do."""
    makefile = (ROOT / "Makefile").read_text()
    for target in shlex.split(line, comments=True)[1:]:
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), f"there is no target {target}"


def _extras(desk: Any, line: str) -> None:
    """The extras are there; nothing is installed."""
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for extras in re.findall(r"ganvas\[([\w,-]+)\]", line):
        assert set(extras.split(",")) <= set(known), f"{line}: there are {sorted(known)}"


def _script(desk: Any, line: str) -> None:
    """The script is there; it takes minutes and has tests or `make bench`."""
    assert (ROOT / shlex.split(line, comments=True)[1]).is_file()


def _parsed(desk: Any, line: str) -> None:
    """The command and its options are there."""
    words = shlex.split(line, comments=True)
    rest, command = words[words.index("ganvas") + 1 :], get_command(app)
    while isinstance(command, TyperGroup):
        name, command, rest = command.resolve_command(Context(command), rest)
    with command.make_context(name, rest):
        pass


def _launched(desk: Any, line: str) -> None:
    """The options of torchrun are there, and those of what it starts."""
    words = shlex.split(line, comments=True)
    assert get_args_parser().parse_args(words[1:]).training_script == "ganvas"
    _parsed(desk, line)


def _route(desk: Any, line: str) -> None:
    """The service takes such a request."""
    from ganvas.web.app import create_app
    from ganvas.web.settings import Settings

    words = shlex.split(line, comments=True)
    (address,) = [word for word in words if "://" in word]
    sent = any(word in ("-F", "-d", "--data-binary") for word in words)
    method = words[words.index("-X") + 1] if "-X" in words else "POST" if sent else "GET"
    made = create_app(Settings(folder=desk.folder / "asked", singles=desk.folder / "singles"))
    routes = made.openapi()["paths"]
    made.state.service.close()
    path = "/" + address.partition("://")[2].partition("/")[2].partition("?")[0]
    fitting = [route for route in routes if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route), path)]
    assert any(method.lower() in routes[route] for route in fitting), f"there is no {method} {path}"


OTHERWISE = {
    "curl .*/v1/singles": _route,  # trains a photo for minutes; tests/web/test_singles.py does all of it
    "make ": _target,
    "pip install": _extras,
    "python benchmarks/": _script,
    "torchrun ": _launched,  # tests/training/test_processes.py has two processes share a training
    "ganvas train .*--processes": _parsed,  # the same
    ".*--on ray": _parsed,  # eight processes before the first picture; the tests of the cluster start them
    ".*ganvas recognise ": _parsed,  # nets of others, which do not come along; the tests of the command have small ones
}

SHOWN = ("text", "html", "toml", "json", "ini", "yaml", "dockerfile")
"""Blocks in these languages are not run: what a command printed, formulas. Whatever begins with a comment with the name
of a file is written to it."""


class Block(NamedTuple):
    language: str
    content: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of code of ``page``; those by indentation, or called text, are commands if they begin with one."""
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        if token.type == "fence":
            language = token.info.split()[0] if token.info else ""
            begun = language == "text" and token.content.startswith(BEGUN)
            yield Block("bash" if begun else language, token.content, (token.map or [0])[0] + 1)
        elif token.type == "code_block":
            language = "bash" if token.content.startswith(BEGUN) else "text"
            yield Block(language, token.content, (token.map or [0])[0] + 1)


WITH_CODE = [page for page in PAGES if any(block.language not in SHOWN for block in blocks(page))]


PATIENT = [page for page in WITH_CODE if re.search(rf"ganvas ({'|'.join(LONG)})", page.read_text(encoding="utf-8"))]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", WITH_CODE, ids=named)
def test_what_a_page_says_works(page: Path, desk: Any) -> None:
    _read(page, desk, patient=False)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("page", PATIENT, ids=named)
def test_what_takes_long_works_too(page: Path, desk: Any) -> None:
    _read(page, desk, patient=True)


def _read(page: Path, desk: Any, patient: bool) -> None:
    """Runs the blocks of ``page`` in their order."""
    place = desk(shorter=SHORTER, otherwise=OTHERWISE, once=ONCE, long=LONG, patient=patient)
    for block in blocks(page):
        try:
            _run(place, block)
        except Exception as error:
            raise AssertionError(f"{named(page)}, line {block.line}: {error}") from error
    if place.missing:
        pytest.skip(f"the rest works, but: {'; '.join(place.missing)}")


def _run(place: Any, block: Block) -> None:
    if named := re.match(r"# ([\w-]+\.(?:py|toml))\n", block.content):
        (place.folder / named[1]).write_text(block.content)
        return
    match block.language:
        case "bash":
            place.shell(block.content)
        case "console":
            place.shell("\n".join(re.findall(r"^\$ (.*)$", block.content, flags=re.MULTILINE)))
        case "python":
            place.python(block.content)
        case language:
            assert language in SHOWN, f"nobody runs {language or 'blocks without a language'}"
