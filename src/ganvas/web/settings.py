"""What a service allows, and where it keeps its jobs."""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ganvas.enhancement.choosing import AskedEngine
from ganvas.errors import GanvasError


class ServiceError(GanvasError):
    """A service that cannot be started as asked for; the message is one sentence for the user."""


class Settings(BaseModel):
    """The limits of a service. Memory is bounded by ``workers`` times ``worker_gigabytes``, the disk by ``max_queue``
    pictures that wait and ``max_kept`` results.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path
    """Jobs and their pictures: it belongs to one service, and nobody else may look into it."""
    workers: int = Field(default=1, ge=1, le=64)
    device: str = "auto"
    engine: AskedEngine = "torch"
    """What runs the nets; torch takes over those that it cannot."""
    max_bytes: int = Field(default=64 * 2**20, ge=1)
    max_megapixels: float = Field(default=40, gt=0)
    """Of a picture that is sent."""
    max_result_megapixels: float = Field(default=200, gt=0)
    max_queue: int = Field(default=16, ge=1)
    """Jobs that wait, and pictures that are being sent."""
    max_kept: int = Field(default=200, ge=1)
    """Jobs that are over and whose results nobody has deleted; then the oldest go."""
    keep_seconds: float = Field(default=24 * 3600.0, gt=0)
    job_seconds: float = Field(default=900.0, gt=0)
    """What one picture may take before its worker is ended."""
    wait_seconds: float = Field(default=300.0, gt=0)
    """How long ``POST /v1/enhance`` waits for its result."""
    upload_seconds: float = Field(default=120.0, gt=0)
    worker_gigabytes: float | None = Field(default=12.0, gt=0)
    """What a worker on the CPU may take on top of what it starts with; None is without a limit."""
    singles: Path | None = None
    """Where photos are learnt, one at a time; None is nowhere."""
    singles_preset: str = "small"
    """Of the recipe singan."""
    singles_queue: int = Field(default=4, ge=1)
    """Photos that wait to be learnt."""
    singles_kept: int = Field(default=20, ge=1)
    """Photos in all; then the oldest of those that are over go."""
    runs: Path | None = None
    """Whose runs are shown with their reports; None is nobody's."""
    keys: frozenset[str] = frozenset()
    """SHA-256 of each key that opens the service, in hexadecimal; empty: it needs none."""
    hosts: frozenset[str] | None = None
    """Names beside addresses and localhost under which it answers, and then to no page of another site; None: any."""

    def shown(self) -> dict[str, float]:
        """The limits of a picture that visitors are told of beforehand."""
        return {
            "megabytes": self.max_bytes / 2**20,
            "megapixels": self.max_megapixels,
            "result_megapixels": self.max_result_megapixels,
        }

    def owner(self, key: str | None) -> str | None:
        """Whose ``key`` this is: a name for the owner, "" where no keys are needed, None where it opens nothing."""
        if not self.keys:
            return ""
        given = digest(key or "")
        return next((each for each in self.keys if hmac.compare_digest(each, given)), None)


def digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def read_keys(path: Path) -> frozenset[str]:
    """The digests of the keys in the file ``path``: one a line, at least 16 characters; # starts a comment."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ServiceError(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}") from error
    keys = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
    if not keys:
        raise ServiceError(f"{path} holds no key: write one a line, of 16 characters or more")
    for number, line in enumerate(lines, 1):
        key = line.strip()
        if key in keys and (len(key) < 16 or not key.isascii() or " " in key):
            raise ServiceError(f"line {number} of {path} is no key: take 16 or more letters and digits without spaces")
    return frozenset(digest(key) for key in keys)


def default_folder() -> Path:
    """Where a user's programs keep what must outlive them."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "ganvas" / "service"
