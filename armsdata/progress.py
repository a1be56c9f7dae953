"""A progress bar on a terminal when work lasts over a second; nothing in a pipe."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: So many seconds nothing is shown.
PATIENCE = 1.0
#: How much of a file is looked at, in each of three places, to tell about how many records it holds.
_SAMPLE = 1 << 16


@contextmanager
def progress(title: str, *, quiet: bool = False) -> Iterator[Bar | None]:
    """What to tell the number of finished records to; None when nobody looks."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    bar = Bar(title)
    try:
        yield bar
    finally:
        bar.close()


class Bar:
    """Records done, how many a second, and the time left where a total is expected."""

    def __init__(self, title: str) -> None:
        self._title, self._rows, self._total, self._begun = title, 0, 0, time.monotonic()
        self._lock = threading.Lock()  # the timer and the work may both come to show it
        self._shown: Any = None
        self._timer = threading.Timer(PATIENCE, self._show)
        self._timer.daemon = True
        self._timer.start()

    def __call__(self, rows: int) -> None:
        """So many more records are done."""
        self._rows += rows
        with self._lock:
            if self._shown is not None:
                self._shown.update(0, completed=self._rows, description=self._words())

    def expect(self, total: int) -> None:
        """A pass over about so many records begins."""
        self._rows, self._total, self._begun = 0, total, time.monotonic()
        with self._lock:
            if self._shown is not None:
                self._shown.reset(0, total=total or None, description=self._words())

    def close(self) -> None:
        """Take it away."""
        self._timer.cancel()
        self._timer.join()  # it may be about to show it
        with self._lock:
            if self._shown is not None:
                self._shown.stop()
            self._shown = _Gone()

    def _words(self) -> str:
        if not self._rows:
            return self._title
        seconds = time.monotonic() - self._begun
        words = f"{self._title} {self._rows:,} records, {self._rows / max(seconds, 0.001):,.0f} a second"
        left = seconds * (self._total - self._rows) / self._rows
        return f"{words}, about {_clock(left)} left" if left > 0 else words

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        with self._lock:
            if self._shown is not None:  # it was done meanwhile
                return
            columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(20), TimeElapsedColumn())
            self._shown = Progress(*columns, console=Console(stderr=True), transient=True)
            self._shown.add_task(self._words(), total=self._total or None, completed=self._rows)
            self._shown.start()


class _Gone:
    """Stands where a bar was, or would have come."""

    def update(self, *given: object, **named: object) -> None:
        """Nobody looks any more."""

    reset = stop = update


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02.0f}" if hours else f"{minutes}:{seconds:02.0f}"


def about_records(path: Path) -> int:
    """About how many records a table file holds; 0 where only reading it would tell.

    Lines are counted in three places of a file of text. A Parquet file says it.
    """
    suffix = path.suffix.lower()
    try:
        if suffix == ".parquet":
            import pyarrow.parquet as pq

            return int(pq.read_metadata(path).num_rows)
        if suffix == ".xlsx":
            return 0
        size = path.stat().st_size
        with path.open("rb") as file:
            seen = lines = 0
            for place in (0, size // 2, max(size - _SAMPLE, 0)):
                file.seek(place)
                part = file.read(_SAMPLE)
                seen, lines = seen + len(part), lines + part.count(b"\n")
    except (OSError, ValueError):  # whoever reads it will say what is wrong with it
        return 0
    return lines * size // seen if seen else 0
