"""Tables of a page."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ganvas.report.page import cells
from ganvas.report.record import Record

HEADS = {
    "folder": "set",
    "psnr": "PSNR (dB)",
    "psnr_std": "deviation (dB)",
    "ssim": "SSIM",
    "ms_ssim": "MS-SSIM",
    "infinite": "equal to the truth",
}


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], label: str) -> str:
    """``rows`` below ``heads``, the first cell of each its name; wider than the page it can be moved sideways."""
    body = "".join(cells(("th", row[0]), *(("td", cell) for cell in row[1:])) for row in rows)
    head = f"<thead>{cells(*(('th', head) for head in heads))}</thead>" if any(heads) else ""
    region = f'class="wide" tabindex="0" role="region" aria-label="{html.escape(label)}"'
    return f"<div {region}><table>{head}<tbody>{body}</tbody></table></div>"


def facts(pairs: Mapping[str, str]) -> str:
    """The rows of a table of names and facts."""
    return "".join(cells(("th", name), ("td", fact)) for name, fact in pairs.items())


def cell(value: Any) -> str:
    """A setting or figure as one would write it.

    >>> cell(None), cell(0.81239), cell((1, 2)), cell("inf"), cell(True)
    ('–', '0.8124', '1, 2', '∞', 'yes')
    """
    match value:
        case None | "":
            return "–"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.4g}".replace("e-0", "e-")
        case list() | tuple():
            return ", ".join(cell(each) for each in value)
        case "inf":
            return "∞"
        case _:
            return str(value)


def duration(seconds: float) -> str:
    """``seconds`` as one would say it.

    >>> duration(0.25), duration(75), duration(7260)
    ('0.2 s', '1 min 15 s', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def metrics(record: Record) -> str:
    """The means of evaluation.json with the protocol, or nothing where there are none."""
    means = (record.evaluation or {}).get("means")
    rows = [row for row in means if isinstance(row, dict)] if isinstance(means, list) else []
    if not rows:
        return ""
    names = list(dict.fromkeys(name for row in rows for name in row))
    protocol = (record.evaluation or {}).get("protocol")
    described = protocol.get("description") if isinstance(protocol, dict) else None
    shown = [[cell(row.get(name)) for name in names] for row in rows]
    note = f"<p>Protocol: {html.escape(str(described))}.</p>" if described else ""
    return table([HEADS.get(str(name), str(name)) for name in names], shown, "Metrics") + note
