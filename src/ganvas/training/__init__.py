"""The loop and what surrounds it: schedules, averages, snapshots, processes, the run folder."""

from ganvas.training.average import Average
from ganvas.training.folder import RunFolder
from ganvas.training.interrupt import interruptible
from ganvas.training.loop import DivergedError, train
from ganvas.training.processes import LostError, here_and_machines, is_first, together
from ganvas.training.snapshots import Snapshots

__all__ = [
    "Average",
    "DivergedError",
    "LostError",
    "RunFolder",
    "Snapshots",
    "here_and_machines",
    "interruptible",
    "is_first",
    "together",
    "train",
]
