"""Killed at any moment and resumed, a run ends with the bits of one that was never stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from ganvas.images import Picture, write
from ganvas.recipes import RECIPES, resolve
from ganvas.training import Snapshots, train

Places = Mapping[str, Path | None]

PLAYER = """
import os, signal, sys
from pathlib import Path
from ganvas.recipes import RECIPES, resolve
from ganvas.runs import Settings, train_into

name, data, *plays = sys.argv[1:]

def play(folder, kill):
    played = 0

    def watch(round):
        nonlocal played
        played += 1
        if played == kill:
            os.kill(os.getpid(), signal.SIGKILL)

    settings = Settings(save_every=2, log_every=1, device="cpu")
    train_into(Path(folder), resolve(RECIPES, name, "smoke"), Path(data) if data else None, settings, watch)

for each in plays:
    folder, kill = each.rsplit(":", 1)
    child = os.fork()
    if not child:
        play(folder, int(kill))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def play(name: str, data: Path | None, plays: Sequence[tuple[Path, int]]) -> list[int]:
    """How each of the ``plays``, into a folder and killed after a round (0: not), ended.

    Each is a process of its own, forked off one that has imported torch and done nothing else.
    """
    command = [sys.executable, "-W", "ignore", "-c", PLAYER, name, str(data or "")]
    told = subprocess.run(
        [*command, *(f"{folder}:{kill}" for folder, kill in plays)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    ).stdout
    return [int(line) for line in told.split()]


@pytest.fixture
def places(tmp_path: Path, prepared: Path, photo: torch.Tensor, pairs_folder: Path, unpaired_folder: Path) -> Places:
    """Where the data of a recipe are, by what it is ``reading``."""
    write(Picture.from_tensor(photo), tmp_path / "photo.png")
    return {
        "crops": prepared,
        "pairs": pairs_folder,
        "unpaired": unpaired_folder,
        "photo": tmp_path / "photo.png",
        "collection": pairs_folder,
        "nothing": None,
    }


AGAIN = (1, 3, 1, 2)
"""Killed before any snapshot, after some, again, and between the last snapshot and the model."""
ONCE = (3,)


@pytest.mark.parametrize(
    ("name", "kills"),
    [
        ("gan", ONCE),
        ("srgan", ONCE),
        ("cyclegan", ONCE),
        *(
            pytest.param(*each, marks=pytest.mark.slow)
            for each in (
                ("compact", AGAIN),
                ("unrolled", ONCE),
                ("notes", AGAIN),
                ("real-esrgan", AGAIN),
                ("singan", AGAIN),
                ("deblur", ONCE),
                ("pix2pix", ONCE),
                ("progan", ONCE),
            )
        ),
    ],
)
def test_a_run_killed_again_and_again_equals_one_that_was_not(
    name: str, kills: Sequence[int], tmp_path: Path, places: Places
) -> None:
    data = places[resolve(RECIPES, name, "smoke").reading]
    plays = [(tmp_path / "whole", 0), *((tmp_path / "broken", kill) for kill in (*kills, 0))]
    assert play(name, data, plays) == [0, *[-signal.SIGKILL] * len(kills), 0]
    whole, broken = (load_file(tmp_path / run / "model.safetensors") for run in ("whole", "broken"))
    assert whole.keys() == broken.keys()
    for key, tensor in whole.items():
        assert torch.equal(tensor, broken[key]), key
    logs = [(tmp_path / run / "log.jsonl").read_text() for run in ("whole", "broken")]
    assert logs[0] == logs[1]


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_resumes_exactly_from_every_round(name: str, tmp_path: Path, readable: dict[str, object]) -> None:
    recipe = resolve(RECIPES, name, "smoke")
    data = readable[recipe.reading]

    def through(folder: Path, stop: int | None) -> dict[str, torch.Tensor]:
        torch.manual_seed(3)
        snapshots, last = Snapshots(folder), None
        for count, last in enumerate(train(recipe.stages(data), snapshots), start=1):
            snapshots.save(last)
            if count == stop:
                break
        assert last is not None
        return {key: tensor.clone() for key, tensor in last.stage.outcome.state_dict().items()}

    whole = through(tmp_path / "whole", None)
    rounds = sum(1 for _ in train(recipe.stages(data)))
    for stop in range(1, rounds):
        through(tmp_path / str(stop), stop)
        torch.manual_seed(99)  # a resumed run must not depend on the seed it happens to start with
        resumed = through(tmp_path / str(stop), None)
        assert all(torch.equal(whole[key], resumed[key]) for key in whole), f"stopped after round {stop}"


def test_a_snapshot_with_nan_is_refused_and_the_last_good_one_stays(tmp_path: Path, crops: object) -> None:
    snapshots = Snapshots(tmp_path)
    play = train(resolve(RECIPES, "compact", "smoke").stages(crops), snapshots)
    snapshots.save(next(play))
    spoiled = next(play)
    with torch.no_grad():
        next(spoiled.stage.players[0].net.parameters()).fill_(np.nan)
    snapshots.save(spoiled)
    assert snapshots.progress() == (0, 0)
