# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The action that runs modules warm, as a layer over the stock action: what goes in and what comes out is the stock's.

The stock action computes the arguments, the environment and the result. Of what it does in between, a warm call
replaces building the archive, which becomes the arguments alone, and the command, which becomes a fork.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from ansible import constants
from ansible.executor import module_common
from ansible.executor.interpreter_discovery import InterpreterDiscoveryRequiredError
from ansible.module_utils.common.json import Direction, get_module_encoder
from ansible.module_utils.common.text.converters import to_text
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.palisade.ecs.plugins.plugin_utils import _warm_eligibility as eligibility
from ansible_collections.palisade.ecs.plugins.plugin_utils._warm_child import Call, run
from ansible_collections.palisade.ecs.plugins.plugin_utils._warm_preload import Preload
from ansible_collections.palisade.ecs.plugins.plugin_utils._warm_process import run_forked

PROFILE = "legacy"
# What makes the process of a module special in ways that a fork is not: debuggers, coverage, limits, metadata.
SPECIAL = (
    "_ANSIBALLZ_PYDEVD_CONFIG",
    "_ANSIBALLZ_DEBUGPY_CONFIG",
    "_ANSIBALLZ_COVERAGE_CONFIG",
    "_MODULE_METADATA",
    "PYTHON_MODULE_RLIMIT_NOFILE",
)
# A directory in which a shell finds nothing to expand but the tilde.
PLAIN = re.compile(r"^[\w./~@+-]+$")
SIGNATURE = inspect.signature(ActionBase._execute_module)


class _StockPath(Exception):
    """This call takes the stock path, for the reason given."""


class _Module:
    """A module that runs warm, and what its process is to be given."""

    def __init__(self, name: str, path: str, shebang: str, environment: dict[str, str]) -> None:
        self.name = name
        self.path = path
        self.shebang = shebang
        self.environment = environment
        self.payload = b""


class WarmExecution(ActionBase):
    """Run a module in a fork where that is known to be equal."""

    collections: ClassVar[tuple[str, ...]] = ()
    preload: ClassVar[Preload] = Preload()
    _warm: _Module | None = None
    _warm_tmpdir: str | None = None

    def _execute_module(self, *args: Any, **kwargs: Any) -> Any:
        """Run a module, warm if it may be."""
        given = SIGNATURE.bind(self, *args, **kwargs).arguments
        name = given.get("module_name") or self._task.action
        self._warm = self._module(name, given.get("task_vars") or {}, bool(given.get("wrap_async")))
        if self._warm is None:
            return super()._execute_module(*args, **kwargs)
        try:
            if not super()._is_pipelining_enabled("new") and self._connection._shell.tmpdir is None:
                self._make_tmp_path()
            return super()._execute_module(*args, **kwargs)
        finally:
            self._warm = None

    def _module(self, name: str, task_vars: dict[str, Any], asynchronous: bool) -> _Module | None:
        """Return the module to run warm, or nothing for the stock path, which says why to those who ask."""
        try:
            return self._prepare(name, task_vars, asynchronous)
        except _StockPath as reason:
            Display().vvvv(f"palisade.ecs.warm: {name} takes the stock path: {reason}")
        # Outside of the handler: an error of the stock path would be said to be caused by the reason.
        return None

    def _prepare(self, name: str, task_vars: dict[str, Any], asynchronous: bool) -> _Module:
        """Return the module to run warm, or raise _StockPath."""
        _refuse(eligibility.task_obstacle(self._task_facts(task_vars, asynchronous)))
        found = self._shared_loader_obj.module_loader.find_plugin_with_context(
            name, "", collection_list=self._task.collections
        )
        if not found.resolved or not eligibility.is_listed(found.resolved_fqcn or "", self.collections):
            raise _StockPath("it is not of a collection whose modules run warm")
        path = found.plugin_resolved_path
        source = Path(path).read_bytes()
        shebang, interpreter = self._interpreter(source, task_vars)
        _refuse(eligibility.module_obstacle(eligibility.ModuleFacts(path, source, _plain(interpreter), sys.executable)))
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        texts = {str(key): to_text(value, nonstring="simplerepr") for key, value in environment.items()}
        _refuse(eligibility.environment_obstacle(texts))
        return _Module(module_common._get_ansible_module_fqn(path), path, shebang, texts)

    def _task_facts(self, task_vars: dict[str, Any], asynchronous: bool) -> eligibility.TaskFacts:
        configured = constants.config.get_config_value
        return eligibility.TaskFacts(
            connection=self._connection.ansible_name or "",
            shell=self._connection._shell.ansible_name or "",
            executable=self._play_context.executable or "",
            become=bool(self._connection.become),
            asynchronous=asynchronous or bool(self._task.async_val),
            keeps_files=constants.DEFAULT_KEEP_REMOTE_FILES,
            debugged=any(configured(name, variables=task_vars) for name in SPECIAL),
        )

    def _interpreter(self, source: bytes, task_vars: dict[str, Any]) -> tuple[str, str]:
        """Return the shebang and the interpreter that the stock action would use."""
        host = self._task.delegate_to
        variables = task_vars["ansible_delegated_vars"][host] if host else task_vars
        interpreter, args = module_common._extract_interpreter(source)
        try:
            shebang, found = module_common._get_shebang(
                interpreter or "/usr/bin/python",
                variables,
                self._templar,
                args,
                remote_is_local=bool(getattr(self._connection, "_remote_is_local", False)),
            )
        except InterpreterDiscoveryRequiredError:
            raise _StockPath("its interpreter is yet to be discovered") from None
        return shebang, " ".join((found, *args))

    def _is_pipelining_enabled(self, *args: Any, **kwargs: Any) -> bool:
        """Say whether a module goes through the standard input; a warm one needs no file."""
        return bool(self._warm) or super()._is_pipelining_enabled(*args, **kwargs)

    def _configure_module(self, module_name: str, module_args: Any, task_vars: Any) -> Any:
        """Return what to run: of a warm module, only the arguments."""
        if not self._warm:
            return super()._configure_module(module_name, module_args, task_vars)
        encoder = get_module_encoder(PROFILE, Direction.CONTROLLER_TO_MODULE)
        try:
            self._warm.payload = json.dumps({"ANSIBLE_MODULE_ARGS": module_args}, cls=encoder).encode()
        except TypeError:  # the stock path says what it says about arguments that are no JSON
            return super()._configure_module(module_name, module_args, task_vars)
        built = module_common._BuiltModule(
            b_module_data=self._warm.payload,
            module_style="new",
            shebang=self._warm.shebang,
            serialization_profile=PROFILE,
        )
        return built, self._warm.path

    def _low_level_execute_command(self, cmd: str, *args: Any, **kwargs: Any) -> Any:
        """Run a command; what was to be the command of a warm module is a fork."""
        if not self._warm or kwargs.get("in_data") is not self._warm.payload:
            return super()._low_level_execute_command(cmd, *args, **kwargs)
        outcome = run_forked(partial(run, self._call(self._warm)))
        code, stdout, stderr = outcome.code, _text(outcome.stdout), _text(outcome.stderr)
        if code < 0:
            # What the shell makes of a signal, and says about it, it shall say itself.
            end = super()._low_level_execute_command(f"/bin/sh -c 'kill -{-code} $$'", sudoable=False)
            code, stderr = end["rc"], stderr + end["stderr"]
        stdout = self._strip_success_message(stdout)
        return {
            "rc": code,
            "stdout": stdout,
            "stdout_lines": stdout.splitlines(),
            "stderr": stderr,
            "stderr_lines": stderr.splitlines(),
        }

    def _call(self, module: _Module) -> Call:
        return Call(
            module=module.name,
            path=module.path,
            payload=module.payload,
            profile=PROFILE,
            environment=module.environment,
            directory=self._loader.get_basedir(),
            botocore=self.preload.botocore,
            worker=os.getpid(),
        )

    def _make_tmp_path(self, *args: Any, **kwargs: Any) -> Any:
        """Make the temporary directory of a task: of a warm one, without a shell."""
        if self._warm and (made := self._mkdir()):
            self._warm_tmpdir = self._connection._shell.tmpdir = made
            self._cleanup_remote_tmp = True
            return made
        return super()._make_tmp_path(*args, **kwargs)

    def _mkdir(self) -> str | None:
        """Make the directory that the shell would, or nothing where only a shell knows which."""
        configured = self.get_shell_option("remote_tmp", default="~/.ansible/tmp")
        if getattr(self._connection, "_remote_is_local", False):
            configured = constants.DEFAULT_LOCAL_TMP
        elif re.match(r"~(/|$)", configured):
            configured = f"~{self._get_remote_user() or ''}{configured[1:]}"
        parent = os.path.expanduser(configured)
        if not PLAIN.match(configured) or not os.path.isabs(parent) or ".." in parent.split("/"):
            return None
        made = f"{parent}/{self._connection._shell._generate_temp_dir_name()}/"
        mask = os.umask(0o077)
        try:
            os.makedirs(made)
        except OSError:
            return None
        finally:
            os.umask(mask)
        return made

    def _remove_tmp_path(self, tmp_path: str | None, *args: Any, **kwargs: Any) -> None:
        """Remove the temporary directory of a task: of a warm one, without a shell."""
        if tmp_path and tmp_path == self._warm_tmpdir and self._should_remove_tmp_path(tmp_path):
            shutil.rmtree(tmp_path, ignore_errors=True)
            if not os.path.exists(tmp_path):
                self._warm_tmpdir = self._connection._shell.tmpdir = None
                return
        super()._remove_tmp_path(tmp_path, *args, **kwargs)


def _refuse(obstacle: str | None) -> None:
    if obstacle:
        raise _StockPath(obstacle)


def _plain(interpreter: str) -> str:
    """Return the running interpreter for another name of it in the same directory, such as python for python3."""
    running = sys.executable
    same = os.path.dirname(interpreter) == os.path.dirname(running) and os.path.exists(interpreter)
    return running if same and os.path.samefile(interpreter, running) else interpreter


def _text(output: bytes) -> str:
    """Decode what a module wrote as the stock action does."""
    return str(to_text(output, errors="surrogate_then_replace"))
