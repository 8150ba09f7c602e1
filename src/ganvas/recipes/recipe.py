"""What every recipe is: a paper as data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict
from torch import nn

from ganvas.game import Stage

Task = Literal["enlarge", "deblur", "dehaze", "translate", "generate", "classify"]
Reads = Literal["crops", "pairs", "unpaired", "photo", "collection", "digits", "nothing"]

NOTHING: Literal["nothing"] = "nothing"
"""The value of ``spoil`` where data are pairs as they come."""


@dataclass(frozen=True)
class Paper:
    """Where a system comes from; ``link`` is an arXiv number or an address."""

    title: str
    authors: str
    year: int
    link: str


class Recipe(BaseModel, ABC):
    """The numbers of a paper, its nets and its stages. Fields are the hyper-parameters, their defaults the paper's
    values.

    ``name`` is the word for it on the command line, ``reads`` what its stages are given (prepared crops; pairs of
    pictures, or crops where a setting makes pairs of them; two folders; one photo as (1, 3, H, W) in [0, 1]; a
    collection of whole pictures; digits; or nothing), ``task`` what its product does, ``presets`` named variants as
    changed fields; every recipe has ``smoke``, which plays all its stages in seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ClassVar[str]
    paper: ClassVar[Paper]
    reads: ClassVar[Reads]
    task: ClassVar[Task]
    presets: ClassVar[Mapping[str, Mapping[str, Any]]]

    @property
    def reading(self) -> Reads:
        """What this one reads: crops where its ``spoil`` says how to make pairs of them."""
        return "crops" if self.reads == "pairs" and getattr(self, "spoil", NOTHING) != NOTHING else self.reads

    @abstractmethod
    def generator(self) -> nn.Module:
        """A new net with fresh weights: all that inference needs."""

    @abstractmethod
    def stages(self, data: Any) -> Iterator[Stage[Any]]:
        """The stages in order, each built only after the one before was played. ``data`` is what ``reads`` names."""

    def deployed(self, net: nn.Module) -> nn.Module:
        """``net`` as pictures use it, RGB in [0, 1] to RGB: the same, unless it was trained on something else."""
        return net
