"""A figure that says what it is to be called and what it was taken with: without that it means nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure(ABC):
    """A ``value`` over many pictures, with its label and its conditions."""

    value: float

    @property
    @abstractmethod
    def label(self) -> str:
        """What the figure is to be called."""

    @property
    @abstractmethod
    def warning(self) -> str | None:
        """What is to be said of too few pictures."""

    @property
    @abstractmethod
    def conditions(self) -> str:
        """What it was taken with."""

    def describe(self) -> str:
        """One line that belongs beside the figure."""
        return self.conditions if self.warning is None else f"{self.conditions}; {self.warning}"

    def as_json(self) -> dict[str, Any]:
        """The figure in full, with its label and description."""
        return {**asdict(self), "label": self.label, "description": self.describe(), "warning": self.warning}
