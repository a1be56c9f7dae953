"""Work is done side by side, its ends come in order, and blocks are read while what judges them is loaded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Lock
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from armsdata.reading.batch import Batch
from armsdata.validation.again import records_at
from armsdata.validation.pipeline import Early, Step, in_order


class Counted:
    """Counts how many are at work at once."""

    def __init__(self) -> None:
        self._lock, self.now, self.most = Lock(), 0, 0

    def work(self, number: int, wait: Event | None = None) -> tuple[int]:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        if wait:
            wait.wait(10)
        with self._lock:
            self.now -= 1
        return (number,)


@pytest.mark.parametrize("ahead", [1, 2, 3])
def test_ends_come_in_order_and_no_more_than_allowed_are_at_work(ahead: int) -> None:
    counted, ended, slow = Counted(), list[int](), Event()

    def steps() -> Iterator[Step]:
        for number in range(20):
            wait = slow if number == 3 else None
            if number == 3 + ahead:  # asked for while the slow one and those beside it are still at work
                slow.set()
            yield Step(ended.append, lambda number=number, wait=wait: counted.work(number, wait))  # type: ignore[misc]
            yield Step(lambda number=number: ended.append(-number))

    with ThreadPoolExecutor(4) as pool:
        in_order(pool, lambda: ahead, steps())
    assert ended == [one for number in range(20) for one in (number, -number)]
    assert counted.most <= ahead


def test_a_step_that_waits_is_done_before_the_next_is_asked_for() -> None:
    ended: list[str] = []

    def steps() -> Iterator[Step]:
        yield Step(lambda: ended.append("first"), lambda: ())
        yield Step(lambda: ended.append("second"), waits=True)
        assert ended == ["first", "second"]
        yield Step(lambda: ended.append("third"))

    with ThreadPoolExecutor(2) as pool:
        in_order(pool, lambda: 8, steps())
    assert ended == ["first", "second", "third"]


def test_the_first_failure_ends_all_and_nothing_after_it_is_taken() -> None:
    ended: list[int] = []

    def work(number: int) -> tuple[int]:
        if number == 2:
            raise OSError("full")
        return (number,)

    steps = (Step(ended.append, lambda number=number: work(number)) for number in range(9))  # type: ignore[misc]
    with ThreadPoolExecutor(2) as pool, pytest.raises(OSError, match="full"):
        in_order(pool, lambda: 2, steps)
    assert ended == [0, 1]


def block(read: Event) -> Callable[[], Batch]:
    def reading() -> Batch:
        read.set()
        return Batch(0, {}, lambda: np.zeros(0, np.int64))

    return reading


def test_blocks_are_read_while_what_judges_them_is_loaded_and_later_when_they_are_judged() -> None:
    loading: Future[None] = Future()
    read, later = Event(), Event()
    with Early(loading, 5) as early:
        assert early.ahead(2) == 5
        begun = early.begun(block(read))
        assert read.wait(10)
        assert begun().size == 0
        loading.set_result(None)
        assert early.ahead(2) == 2
        begun = early.begun(block(later))
        assert not later.is_set()
        assert begun().size == 0


def test_nothing_is_read_early_where_that_is_not_wanted() -> None:
    read = Event()
    with Early(Future(), 0) as early:
        assert early.ahead(1) == 1
        reading = block(read)
        assert early.begun(reading) is reading


def test_an_error_of_early_reading_is_that_of_the_block() -> None:
    def damaged() -> Any:
        raise OSError("damaged")

    with Early(Future(), 2) as early, pytest.raises(OSError, match="damaged"):
        early.begun(damaged)()


@pytest.mark.parametrize("module", ["armsdata.validation.run", "armsdata.release", "armsdata.checking"])
def test_what_reads_blocks_does_not_load_what_judges_them(module: str) -> None:
    code = f"import sys, {module}; sys.exit(' '.join({{'pandas', 'pandera'}} & set(sys.modules)) or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


def test_a_second_look_reads_only_blocks_that_hold_a_wanted_row() -> None:
    read: list[int] = []

    def reading(number: int) -> Callable[[], Batch]:
        def batch() -> Batch:
            read.append(number)
            texts = pa.array([f"{number}-{row}" for row in range(10)])
            return Batch(10, {"name": texts}, lambda: np.arange(10) + 10 * number)

        return batch

    blocks = [reading(number) for number in range(5)]
    wanted = [(13, {"name": "1-3"}), (30, {"name": "3-0"})]
    assert records_at(blocks, np.array([13, 30]), [10] * 5) == wanted
    assert read == [1, 3]
    assert records_at(blocks, np.array([13, 30])) == wanted
    assert read[2:] == [0, 1, 2, 3]
