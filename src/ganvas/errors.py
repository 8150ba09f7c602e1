"""The failures that a user can mend."""

from __future__ import annotations


class GanvasError(Exception):
    """Something that the user can mend; the message is one sentence: what was wrong with which file or option, what to
    do.

    Each kind is defined beside the code that raises it. The command line prints the sentence and exits with 1.
    """
