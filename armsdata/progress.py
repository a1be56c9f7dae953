"""A progress bar on a terminal when work lasts over a second; nothing in a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_PATIENCE = 1.0


@contextmanager
def progress(title: str, *, quiet: bool = False) -> Iterator[Callable[[int], None] | None]:
    """What to tell the number of finished rows to; None when nobody looks."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    bar = _Bar(title)
    try:
        yield bar
    finally:
        bar.close()


class _Bar:
    def __init__(self, title: str) -> None:
        self._title, self._rows, self._begun = title, 0, time.monotonic()
        self._bar: Any = None

    def __call__(self, rows: int) -> None:
        self._rows += rows
        if self._bar is None and time.monotonic() - self._begun > _PATIENCE:
            self._bar = self._make()
        if self._bar is not None:
            self._bar.update(0, completed=self._rows)

    def _make(self) -> Any:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description} {task.completed:,} records, {task.speed} records/s"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        bar.add_task(self._title, total=None)
        bar.start()
        return bar

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
