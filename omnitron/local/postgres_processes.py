"""Which processes of this machine belong to one PostgreSQL server.

By the cluster_name, which stands in the command line of each of them. Unlike a pid in a file it cannot be
somebody else's, unlike the working directory it may be read in a container, and a zombie has none.
"""

import signal
from contextlib import suppress

import psutil

from omnitron.local.processes import wait_until


def server_processes(marker: str) -> list[psutil.Process]:
    """Every living process of the server with this cluster_name."""
    return [process for process in psutil.process_iter() if _belongs(process, marker)]


def find_postmaster(marker: str) -> psutil.Process | None:
    """The server itself: the process that still has its arguments; its children rename themselves."""
    processes = server_processes(marker)
    pids = {process.pid for process in processes}
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if "-D" in command_line(process) and process.ppid() not in pids:
                return process
    return None


def lives(process: psutil.Process | None) -> bool:
    if process is None:
        return False
    try:
        # Between its last instruction and being a zombie a process has given up its memory, command line included.
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE and bool(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def end_orphans(processes: list[psutil.Process]) -> None:
    """Have the children of a dead server end. They notice its death by themselves unless they are busy.

    Nothing is lost by a kill: what they did not commit is gone with their server anyway.
    """
    for request in (None, signal.SIGQUIT, signal.SIGKILL):
        for process in filter(lives, processes):
            if request is not None:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(request)
        if wait_until(lambda: not any(map(lives, processes)), timeout=3.0):
            return


def command_line(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return []


def _belongs(process: psutil.Process, marker: str) -> bool:
    # A marker inside somebody's shell or editor must not count: the program has to be postgres.
    try:
        return any(marker in word for word in command_line(process)) and process.name() == "postgres"
    except psutil.NoSuchProcess:
        return False
