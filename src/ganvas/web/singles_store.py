"""Photos that are learnt, each a run folder of its own with a note of whose it is and how far it got."""

from __future__ import annotations

import logging
import re
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ganvas.replacing import replacing
from ganvas.web.settings import ServiceError
from ganvas.web.store import MOST_TRIES, locked

LOG = logging.getLogger("ganvas.web")
NAME = re.compile("[0-9a-f]{32}")

SingleState = Literal["queued", "running", "done", "stopped", "failed"]
LEFT_ALONE = f"this training died {MOST_TRIES} times and is not begun again: try a smaller size"


class Single(BaseModel):
    """One photo: who sent it, how it is to be learnt, how that goes. ``sizes`` are (width, height) of its levels, once
    they are known; ``level`` and ``progress`` (0 to 1) are how far its latest process came.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    owner: str
    created: float
    size: int | None = None
    rounds: int | None = None
    state: SingleState = "queued"
    tries: int = 0
    started: float | None = None
    finished: float | None = None
    error: str | None = None
    sizes: tuple[tuple[int, int], ...] = ()
    level: int = 0
    progress: float = 0.0

    @property
    def over(self) -> bool:
        return self.state not in ("queued", "running")


class Singles:
    """The photos in ``folder``, which is made, closed to others, and locked against a second service.

    ``FOLDER/ID`` is a run folder like any other, with the photo and ``single.json`` beside what the training writes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mutex = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock_file = locked(folder)
            self._known = {found.id: found for found in sorted(_stored(folder), key=lambda each: each.created)}
        except OSError as error:
            raise ServiceError(f"the folder {folder} cannot be used: {error.strerror}") from error

    def close(self) -> None:
        self._lock_file.close()

    def run(self, single_id: str) -> Path:
        return self._folder / single_id

    def photo(self, single_id: str) -> Path:
        return self.run(single_id) / "photo"

    def model(self, single_id: str) -> Path:
        return self.run(single_id) / "model.safetensors"

    def preview(self, single_id: str) -> Path | None:
        """The latest picture of its training."""
        return max((self.run(single_id) / "pictures").glob("stage-*-sample.png"), default=None)

    def all(self) -> list[Single]:
        """The oldest first."""
        with self._mutex:
            return list(self._known.values())

    def get(self, single_id: str) -> Single | None:
        with self._mutex:
            return self._known.get(single_id)

    def count(self, state: SingleState) -> int:
        return sum(single.state == state for single in self.all())

    def add(self, single: Single) -> None:
        """Queues the photo that lies in ``photo(single.id)``."""
        with self._mutex:
            self._keep(single)

    def claim(self) -> Single | None:
        """The photo that waits longest, which is being learnt from now on."""
        with self._mutex:
            waiting = next((single for single in self._known.values() if single.state == "queued"), None)
            if waiting is None:
                return None
            changed: dict[str, Any] = {"state": "running", "started": waiting.started or time.time()}
            return self._keep(waiting.model_copy(update=changed | {"tries": waiting.tries + 1}))

    def change(self, single_id: str, **fields: Any) -> None:
        """Notes ``fields`` of a photo, if it is still there."""
        with self._mutex:
            if single_id in self._known:
                self._keep(self._known[single_id].model_copy(update=fields))

    def delete(self, single_id: str) -> None:
        with self._mutex:
            self._known.pop(single_id, None)
        shutil.rmtree(self.run(single_id), ignore_errors=True)

    def recover(self) -> None:
        """After a restart: what was being learnt waits again, and goes on where it was; stray folders go."""
        for single in self.all():
            if single.state == "running" and single.tries >= MOST_TRIES:
                self.change(single.id, state="failed", finished=time.time(), error=LEFT_ALONE)
            elif single.state == "running":
                self.change(single.id, state="queued")
        for place in self._folder.iterdir():
            if NAME.fullmatch(place.name) and self.get(place.name) is None:
                shutil.rmtree(place, ignore_errors=True)

    def prune(self, most: int) -> None:
        """Deletes the oldest of those that are over, so that no more than ``most`` are there."""
        over = [single.id for single in self.all() if single.over]
        for single_id in over[: max(0, len(self.all()) - most)]:
            self.delete(single_id)

    def _keep(self, single: Single) -> Single:
        self._known[single.id] = single
        with replacing(self.run(single.id) / "single.json") as scratch:
            scratch.write_text(single.model_dump_json() + "\n", encoding="utf-8")
        return single


def _stored(folder: Path, told: Callable[..., None] = LOG.warning) -> list[Single]:
    found = list[Single]()
    for note in folder.glob("*/single.json"):
        try:
            single = Single.model_validate_json(note.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError):
            told("%s cannot be read: this photo is forgotten", note)
            continue
        if NAME.fullmatch(note.parent.name) and single.id == note.parent.name:
            found.append(single)
    return found
