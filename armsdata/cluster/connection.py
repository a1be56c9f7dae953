"""A cluster to work on: one that is there already, or worker processes of this machine started for the while."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import armsdata
from armsdata.errors import ClusterError, UsageError
from armsdata.validation.run import default_threads

if TYPE_CHECKING:
    from distributed import Client

#: So many seconds a scheduler has to answer, and its first worker to be there.
ANSWER, FIRST_WORKER = 10, 30
NOT_INSTALLED = 'the engine dask is not installed: pip install "armsdata[dask]"'


@contextmanager
def connected(scheduler: str = "", workers: int = 0) -> Iterator[Client]:
    """A client of the scheduler at this address; without one, of a cluster of this machine alone.

    Args:
        scheduler: such as ``tcp://10.0.0.1:8786``.
        workers: how many worker processes are started where there is no scheduler; 0: one for each processor.

    Raises:
        UsageError: Dask is not installed, the address is none, or the workers have another armsdata.
        ClusterError: nobody answers at the address, or no worker is there.
    """
    _quiet()
    with ExitStack() as stack:
        address = scheduler or stack.enter_context(_own(workers or default_threads()))
        client = stack.enter_context(_client(address))
        _check(client, address)
        yield client


def _quiet() -> None:
    """Leave it to our own messages to say what went wrong.

    Raises:
        UsageError: Dask is not installed.
    """
    try:
        dask = import_module("dask")
    except ImportError:
        raise UsageError(NOT_INSTALLED) from None
    levels = dict.fromkeys(("distributed", "distributed.client", "distributed.worker", "bokeh"), "critical")
    dask.config.set({"logging": levels, "distributed.admin.system-monitor.gil.enabled": False})
    try:
        import_module("distributed")
        import_module("dask.dataframe")
    except ImportError:
        raise UsageError(NOT_INSTALLED) from None
    for name in levels:
        logging.getLogger(name).setLevel(logging.CRITICAL)


@contextmanager
def _own(workers: int) -> Iterator[str]:
    """The address of a cluster of worker processes on this machine, which nobody else can reach."""
    distributed = import_module("distributed")  # which has no types
    with (
        tempfile.TemporaryDirectory(prefix="armsdata-", ignore_cleanup_errors=True) as scratch,
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # there is always one; its usual port may be taken
            local_directory=scratch,
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        yield cluster.scheduler_address


@contextmanager
def _client(address: str) -> Iterator[Client]:
    distributed, comm = import_module("distributed"), import_module("distributed.comm")
    try:
        client = distributed.Client(address, timeout=ANSWER, set_as_default=False)
    except OSError:
        raise ClusterError(f"{address}: no Dask scheduler answers there within {ANSWER} seconds") from None
    except ValueError as error:
        raise UsageError(f"{address}: not the address of a scheduler, such as tcp://10.0.0.1:8786 ({error})") from None
    try:
        yield client
    except (distributed.CancelledError, comm.CommClosedError):
        raise ClusterError(f"{address}: the connection to the scheduler was lost") from None
    finally:
        client.close(timeout=ANSWER)


def _check(client: Client, address: str) -> None:
    """Make sure that there are workers, and that they are of our kind."""
    try:
        client.wait_for_workers(1, timeout=FIRST_WORKER)
    except TimeoutError:
        raise ClusterError(f"{address}: the scheduler has no worker, and none came in {FIRST_WORKER} seconds") from None
    try:
        found = client.run(version)
    except ModuleNotFoundError as error:
        raise UsageError(f'{address}: the workers have no {error.name}: pip install "armsdata[dask]" there') from None
    except OSError as error:
        raise ClusterError(f"{address}: a worker was lost at the very start ({error})") from None
    for worker, there in found.items():
        if there != armsdata.__version__:
            raise UsageError(f"{worker}: the worker has armsdata {there}, here it is {armsdata.__version__}")


def version() -> str:
    """The version of armsdata, asked of a worker."""
    return armsdata.__version__


def describe(error: BaseException) -> str:
    """Why a cluster failed, in one line."""
    text: Any = str(error) or type(error).__name__
    return str(text).splitlines()[0][:300]
