"""Waiting for a cluster, without waiting for ever: who is lost is told, and what a worker raised is raised here."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from armsdata.errors import ClusterError

if TYPE_CHECKING:
    from distributed import Client, Future

#: So often the cluster is looked at, and so long it may be without any worker.
LOOK, WITHOUT_WORKERS = 2, 60
#: So many seconds it may take to hand out a result that is there.
HAND_OUT = 120


class Waiting:
    """Tasks of one job on a cluster.

    Args:
        client: the cluster.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self._last_worker = time.monotonic()

    def submit(self, task: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Let a worker do something. It may be done twice, when a worker is lost."""
        return self.client.submit(task, *arguments, pure=False)

    def compute(self, frames: Sequence[Any]) -> list[Any]:
        """The contents of several frames, each at once."""
        client: Any = self.client
        return list(self.in_order(client.compute(list(frames))))

    def in_order(self, futures: Sequence[Future[Any]]) -> Iterator[Any]:
        """The results in the order of the tasks.

        Raises:
            ClusterError: the cluster failed.
            Exception: what a task raised.
        """
        found = dict(self.as_they_come(futures))
        for future in futures:
            yield found.pop(future)

    def as_they_come(self, futures: Collection[Future[Any]]) -> Iterator[tuple[Future[Any], Any]]:
        """Each task with its result, as soon as it is there.

        Raises:
            ClusterError: the cluster failed.
            Exception: what a task raised.
        """
        as_completed = import_module("distributed").as_completed
        pending = set(futures)
        while pending:
            come = as_completed(pending, timeout=LOOK, loop=self.client.loop)
            while pending:
                try:
                    future = next(come)
                except TimeoutError:
                    self._look()
                    break
                pending.discard(future)
                yield future, self._result(future)

    def _result(self, future: Future[Any]) -> Any:
        from distributed import CancelledError, KilledWorker

        until = time.monotonic() + HAND_OUT
        try:
            while True:
                try:
                    return future.result(timeout=LOOK)
                except TimeoutError:
                    if future.status == "error":  # the task's own
                        raise
                    self._look()  # whoever had the result may be gone
                    if time.monotonic() > until:
                        raise ClusterError("the cluster did not hand out a result that it had") from None
        except KilledWorker as error:
            tried = "the workers that took it were killed"
            raise ClusterError(
                f"the cluster gave up a part, since {tried} ({error.allowed_failures + 1} times); "
                "if their memory was not enough, make the parts smaller or the workers fewer"
            ) from None
        except CancelledError:
            raise ClusterError("the cluster was lost: its scheduler, or all workers that held results") from None

    def _look(self) -> None:
        """Give up when nobody is left to work.

        Raises:
            ClusterError: the scheduler is lost, or there was no worker for a while.
        """
        if self.client.status != "running":
            raise ClusterError("the connection to the scheduler was lost")
        if self.client.scheduler_info()["workers"]:
            self._last_worker = time.monotonic()
        elif time.monotonic() - self._last_worker > WITHOUT_WORKERS:
            raise ClusterError(f"the cluster has had no worker for {WITHOUT_WORKERS} seconds")
