# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Make a forked process what a new one would be, and run a module in it. Nothing here runs in another process."""

from __future__ import annotations

import atexit
import gc
import io
import logging
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from itertools import takewhile
from types import FrameType
from typing import Any, NoReturn

from ansible_collections.palisade.ecs.plugins.plugin_utils._warm_process import die_with
from ansible_collections.palisade.ecs.plugins.plugin_utils._warm_source import installed_source


@dataclass(frozen=True)
class Call:
    """A module to run: what the wrapper that ansible-core sends along would have been told."""

    module: str
    path: str
    payload: bytes
    profile: str
    environment: Mapping[str, str]
    directory: str
    botocore: Any
    worker: int


def run(call: Call, output: int, error: int, blocked: set[int]) -> NoReturn:
    """Run a module as a process of its own would, and end."""
    code = 1
    try:
        die_with(call.worker, signal.SIGKILL)
        _reset_signals(blocked)
        _take_streams(output, error)
        _forget_parent()
        _hide_stack(sys._getframe())
        _enter_surroundings(call)
        _leave_controller()
        if call.botocore:
            call.botocore.share()
        code = _run_module(call)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _reset_signals(blocked: set[int]) -> None:
    """Handle signals as Python does when it starts: what the worker handles is its own matter."""
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def _take_streams(output: int, error: int) -> None:
    """Give this process its own input and output, and no file of its parent's.

    The numbers stay taken, by /dev/null: an object of the parent's that is collected here closes its number, which
    must not by then be a connection of the module's.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for number, source in ((0, nothing), (1, output), (2, error)):
        os.dup2(source, number)
    for number in map(int, os.listdir("/proc/self/fd")):
        if number > 2 and number != nothing and _is_open(number):
            os.dup2(nothing, number, inheritable=False)
    python: Any = sys
    # Ansible has changed how its output and errors treat what cannot be encoded, but not how its input does.
    errors, encoding = getattr(sys.__stdin__, "errors", "strict"), python.__stdout__.encoding
    python.stdin = python.__stdin__ = open(0, encoding=encoding, errors=errors, closefd=False)  # noqa: SIM115
    python.stdout = python.__stdout__ = _stream(1, python.__stdout__, errors)
    python.stderr = python.__stderr__ = _stream(2, python.__stderr__, "backslashreplace")


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _stream(number: int, like: Any, errors: str) -> io.TextIOWrapper:
    """Open a stream as Python did, from the same environment, when the parent started."""
    unbuffered = like.write_through
    raw: Any = open(number, "wb", buffering=0 if unbuffered else -1, closefd=False)  # noqa: SIM115
    return io.TextIOWrapper(raw, like.encoding, errors, line_buffering=number == 2, write_through=unbuffered)


def _forget_parent() -> None:
    """Drop what the parent registered to happen at its end, and its log files."""
    atexit._clear()
    gc.freeze()
    logging.disable(logging.NOTSET)
    logging.root.handlers.clear()
    logging.root.filters.clear()
    logging.root.setLevel(logging.WARNING)


def _hide_stack(bottom: FrameType) -> None:
    """End the stack that Python shows of a running module where it begins: what called it is the parent's."""
    walk = traceback.walk_stack

    def walk_own(f: FrameType | None) -> Iterator[tuple[FrameType, int]]:
        return walk(f) if f is None else takewhile(lambda entry: entry[0] is not bottom, walk(f))

    traceback.walk_stack = walk_own


def _enter_surroundings(call: Call) -> None:
    """Apply what the shell would: the directory and the task's environment."""
    os.chdir(call.directory)
    if "PWD" in os.environ:
        os.environ["PWD"] = os.getcwd()
    os.environ.update(call.environment)
    time.tzset()
    tempfile.tempdir = None
    main = getattr(sys.modules["__main__"], "__file__", None) or "."
    strangers = {"", ".", os.path.dirname(main), os.path.dirname(os.path.realpath(main))}
    sys.path = [place for place in sys.path if place not in strangers]
    sys.argv = [call.path]


def _leave_controller() -> None:
    """Undo what importing Ansible's controller did to module_utils, which modules share with it."""
    internal: Any = import_module("ansible.module_utils._internal")
    internal.is_controller = False
    internal.get_controller_serialize_map = dict
    internal.import_controller_module = lambda name: None
    tracebacks: Any = import_module("ansible.module_utils._internal._traceback")
    tracebacks._is_traceback_enabled = tracebacks._is_module_traceback_enabled
    warnings: Any = import_module("ansible.module_utils.common.warnings")
    warnings._global_warnings.clear()
    warnings._global_deprecations.clear()
    profiles: Any = import_module("ansible.module_utils._internal._json._profiles")
    profiles._string_encoding_check_enabled.cache_clear()


def _run_module(call: Call) -> int:
    """Run a module to its end as Python would a script, and return the exit code."""
    runner: Any = import_module("ansible.module_utils._internal._ansiballz._loader")
    try:
        with installed_source():
            runner.run_module(
                json_params=call.payload,
                profile=call.profile,
                module_fqn=call.module,
                modlib_path=call.path,
                extensions={},
            )
        code = 0
    except BaseException as end:
        code = _exit_code(end)
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


def _exit_code(end: BaseException) -> int:
    """Return what Python makes of the end of a script: an exit code, or minus the signal that it dies of."""
    if not isinstance(end, SystemExit):
        traceback.print_exception(end)
        return -signal.SIGINT if isinstance(end, KeyboardInterrupt) else 1
    if end.code is None or isinstance(end.code, int):
        return (end.code or 0) & 0xFF
    print(end.code, file=sys.stderr)
    return 1
