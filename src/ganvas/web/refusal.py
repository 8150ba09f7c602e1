"""What is answered to a request that cannot be met: a status and one sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ganvas.errors import GanvasError


class RefusalError(GanvasError):
    """An answer other than the one asked for; the message is one sentence for who asked."""

    def __init__(self, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.headers = dict(headers or {})


def plain(sentence: str, *paths: str) -> str:
    """``sentence`` of the library without the server's ``paths`` and with options as the service calls them.

    >>> plain("/srv/a.in is empty: give one of --scale, --max-pixels", "/srv/a.in")
    'the picture is empty: give one of scale, max-pixels'
    """
    for path in paths:
        sentence = sentence.replace(path, "the picture")
    return re.sub(r"(?<!\w)--(?=[a-z])", "", sentence)
