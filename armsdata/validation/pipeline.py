"""Steps whose work is done side by side, and whose ends come in order; blocks are read while pandera is loaded."""

from __future__ import annotations

import contextvars
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from armsdata.reading.batch import Batch

#: So many blocks are read before anything can be judged: as many as one processor can, while another loads pandera.
MOST_EARLY = 6


@dataclass(frozen=True)
class Step:
    """A step of the work.

    Attributes:
        then: done in the order of the steps, with what `work` gave.
        work: done beside others; None: there is none.
        waits: the steps after it are not begun before it is done.
    """

    then: Callable[..., None]
    work: Callable[[], tuple[Any, ...]] | None = None
    waits: bool = False


class Early:
    """Reads blocks while what judges them is still being loaded.

    Args:
        loading: done when it is loaded.
        most: how many blocks are read meanwhile; 0: none.
    """

    def __init__(self, loading: Future[None], most: int = MOST_EARLY) -> None:
        self._loading, self._most = loading, most
        self._pool = ThreadPoolExecutor(1)

    def ahead(self, usual: int) -> int:
        """How many batches may wait now."""
        return usual if self._loading.done() else max(usual, self._most)

    def begun(self, read: Callable[[], Batch]) -> Callable[[], Batch]:
        """The same block, whose reading is begun where there is nothing better to do."""
        return read if self._loading.done() or not self._most else self._pool.submit(read).result

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)


def in_order(pool: ThreadPoolExecutor, ahead: Callable[[], int], steps: Iterable[Step]) -> None:
    """Take steps whose work is done side by side.

    Args:
        pool: does the work.
        ahead: at most so many of them work or wait: each holds a batch and all that was made of it.
        steps: the steps; the next is there already when there is room for its work.
    """
    waiting: deque[tuple[Step, Future[tuple[Any, ...]] | None]] = deque()
    try:
        for step in steps:
            while step.work and _at_work(waiting) >= ahead():
                _finish(*waiting.popleft())
            work = pool.submit(contextvars.copy_context().run, step.work) if step.work else None
            waiting.append((step, work))
            while waiting and (step.waits or not waiting[0][1]):
                _finish(*waiting.popleft())
        while waiting:
            _finish(*waiting.popleft())
    finally:
        for _, work in waiting:
            if work:
                work.cancel()


def _at_work(waiting: Iterable[tuple[Step, Future[tuple[Any, ...]] | None]]) -> int:
    return sum(work is not None for _, work in waiting)


def _finish(step: Step, work: Future[tuple[Any, ...]] | None) -> None:
    step.then(*(work.result() if work else ()))
