"""What the runs of an experiment are measured on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ganvas.experiments.experiment import MeasuredOn
from ganvas.experiments.measures import Name
from ganvas.experiments.play import Played


class Examiner(Protocol):
    """A test set of ``count`` things, out of ``folder``, and how runs are measured on it.

    Where it is measured on nothing, ``count`` is how many samples are taken of each generator, and there is no folder.
    """

    @property
    def measured_on(self) -> MeasuredOn: ...

    @property
    def folder(self) -> str: ...

    @property
    def count(self) -> int: ...

    @property
    def beside(self) -> str:
        """What :meth:`baseline` is of; nothing where there is none."""
        ...

    def meaning(self, name: Name) -> str:
        """What the figure called ``name`` is, with its unit."""
        ...

    def figures(self, run: Played, names: Sequence[Name]) -> Mapping[Name, float]:
        """Those figures of ``run`` that can be had."""
        ...

    def baseline(self, run: Played, names: Sequence[Name]) -> Mapping[Name, float]:
        """The figures that those of runs like ``run`` are to be seen against; none where there is no such thing."""
        ...

    def shown(self, runs: Sequence[Played], names: Sequence[Name]) -> str:
        """What the page shows of ``runs``, one of each arm: HTML."""
        ...
