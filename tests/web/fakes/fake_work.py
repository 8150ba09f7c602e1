"""Work without a net, for the tests of what is around it: what happens is told by the quality asked for."""

import os
import signal
import time
from pathlib import Path

from ganvas.errors import GanvasError

SLOW, KILLED, BROKEN, GREEDY, REFUSED, HUNGRY = 1, 2, 3, 4, 5, 6


class OutOfLuckError(GanvasError):
    pass


def copied(task, progress):
    Path(task["target"]).write_bytes(Path(task["source"]).read_bytes())
    return ()


def work(task, progress):
    source, target = Path(task["source"]), Path(task["target"])
    quality = task["asked"].get("quality")
    if quality == SLOW:
        target.with_name(f".{target.name}-half.part").write_bytes(b"half")
        for second in range(600):
            progress(min(500, 1 + second), 1000)
            time.sleep(0.05)
    if quality == KILLED:
        os.kill(os.getpid(), signal.SIGKILL)
    if quality == BROKEN:
        raise RuntimeError(f"secret of {source}")
    if quality == GREEDY:
        raise MemoryError
    if quality == HUNGRY:
        held = bytearray(2**29)
        raise RuntimeError(f"{len(held)} bytes were to be had")
    if quality == REFUSED:
        raise OutOfLuckError(f"{source} is not liked: leave out --style")
    progress(1, 2)
    target.write_bytes(source.read_bytes())
    return (f"{source} was copied.",)
