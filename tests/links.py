"""Finds dead links between the project's own pages: `python tests/links.py`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")


def dead(page: Path) -> list[str]:
    """The links of ``page`` to files that are not there."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [one or other for one, other in LINK.findall(text)]
    inside = [target.partition("#")[0] for target in targets if not re.match(r"[a-z]+:|#", target)]
    return [f"{page}: {target}" for target in inside if not (page.parent / target).exists()]


def main() -> int:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    broken = [link for page in listed for link in dead(Path(page))]
    sys.stderr.writelines(f"dead link: {link}\n" for link in broken)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
