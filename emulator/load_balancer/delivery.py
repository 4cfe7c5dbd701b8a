# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give Envoy its configuration by files, and notice what it does not accept."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from .admin import Admin, Stats
from .configuration import Configuration, Layout, Resource
from .model import LoadBalancerError

_CONFIRM_SECONDS = 5.0
_POLL_SECONDS = 0.002
_LISTENERS, _CLUSTERS, _ROUTES, _ENDPOINTS = "lds", "cds", "rds-", "eds-"
_STATS = r"\.(version_text|update_rejected|update_failure)$"
_REFUSAL = re.compile(r"Filesystem config update (?:rejected|failure): (.*?)(?=\n\[\d{4}-|\Z)", re.DOTALL)
_LONGEST_REASON = 500


class Delivery:
    """Write the files of one Envoy process and follow what it makes of them.

    A file is written beside the directory that Envoy watches, moved into its place and only when its content changed.
    Envoy gets a resource before whatever names it: endpoints, clusters, routes, listeners; and the other way round
    for what goes.
    """

    def __init__(self, layout: Layout, admin: Admin, log: Path) -> None:
        self._layout = layout
        self._admin = admin
        self._log = log
        self._staging = layout.xds / "new"
        # By file: the version written, the one that Envoy has not answered for, Envoy's reason to refuse it.
        self._versions: dict[str, str] = {}
        self._pending: dict[str, str] = {}
        self._refused: dict[str, str] = {}
        self._failures: dict[str, int] = {}
        self._clusters: dict[str, Resource] = {}

    def prepare(self) -> None:
        """Make the directories and the files that Envoy reads when it starts."""
        for directory in (self._layout.xds, self._layout.certificates, self._staging):
            directory.mkdir(mode=0o700, parents=True)
        self._write(_CLUSTERS, ())
        self._write(_LISTENERS, ())
        self._pending.clear()

    def deliver(self, configuration: Configuration) -> None:
        """Bring the configuration into effect; raise, each time, as long as Envoy refuses a part of it."""
        named = _named_files(configuration)
        for record in (self._pending, self._refused):  # nobody waits for what is no longer wanted
            for file in record.keys() - named:
                del record[file]
        for name, content in configuration.certificates.items():
            if not (self._layout.certificates / name).exists():  # the name changes with the content
                self._replace(self._layout.certificates / name, content)
        for name, endpoints in configuration.endpoints.items():
            self._write(_ENDPOINTS + name, [endpoints])
        self._write_clusters({**self._clusters, **configuration.clusters})
        for name, routes in configuration.routes.items():
            self._write(_ROUTES + name, [routes])
        self._write(_LISTENERS, list(configuration.listeners.values()))
        self._confirm()
        self._write_clusters(configuration.clusters)
        self._remove_files(named, configuration.certificates)
        if self._refused:
            reasons = "; ".join(self._refused.values())
            raise LoadBalancerError(f"Envoy refuses its configuration: {reasons} (its log: {self._log})")

    def _write_clusters(self, clusters: Mapping[str, Resource]) -> None:
        self._clusters = dict(clusters)
        self._write(_CLUSTERS, [clusters[name] for name in sorted(clusters)])
        self._confirm()

    def _write(self, file: str, resources: Sequence[Resource]) -> None:
        body = json.dumps(resources, sort_keys=True)
        version = hashlib.sha256(body.encode()).hexdigest()[:16]
        if self._versions.get(file) == version:
            return
        content: dict[str, Any] = {"version_info": version, "resources": resources}
        self._replace(self._layout.file(file), json.dumps(content, indent=1).encode())
        self._versions[file] = self._pending[file] = version
        self._refused.pop(file, None)

    def _replace(self, path: Path, content: bytes) -> None:
        staged = self._staging / path.name
        staged.touch(mode=0o600)
        staged.write_bytes(content)
        os.replace(staged, path)

    def _confirm(self) -> None:
        """Wait until Envoy has taken or refused what was written."""
        deadline = time.monotonic() + _CONFIRM_SECONDS
        while self._pending:
            stats = self._admin.stats(_STATS)
            self._settle(stats)
            awaited = [file for file in self._pending if self._is_awaited(file, stats)]
            if not awaited:
                return
            if time.monotonic() > deadline:
                self._refused.update((file, f"{file}: not in effect within {_CONFIRM_SECONDS:g} s") for file in awaited)
                return
            time.sleep(_POLL_SECONDS)

    def _settle(self, stats: Stats) -> None:
        """Sort what is pending into taken, refused and still pending."""
        failures = {name: int(value) for name, value in stats.items() if not name.endswith(".version_text")}
        for file, version in list(self._pending.items()):
            counters = (f"{_scope(file)}.update_rejected", f"{_scope(file)}.update_failure")
            if any(failures.get(counter, 0) > self._failures.get(counter, 0) for counter in counters):
                self._refused[file] = f"{file}: {self._last_refusal()}"
                del self._pending[file]
            elif stats.get(f"{_scope(file)}.version_text") == version:
                self._refused.pop(file, None)
                del self._pending[file]
        self._failures = failures

    def _is_awaited(self, file: str, stats: Stats) -> bool:
        """Say whether an answer is still due: none is for a file that only a refused listener or cluster would read."""
        owner = _LISTENERS if file.startswith(_ROUTES) else _CLUSTERS
        is_read = bool(stats.get(f"{_scope(file)}.version_text"))
        return file not in self._refused and (is_read or owner not in self._refused)

    def _last_refusal(self) -> str:
        """Find Envoy's reason, which only its log tells for every type of resource."""
        found: list[str] = _REFUSAL.findall(self._log.read_text(errors="replace"))
        if not found:
            return "no reason in the log"
        # Before the reason Envoy may print the whole resource, line by line.
        return found[-1].strip().splitlines()[-1].lstrip(": ")[:_LONGEST_REASON]

    def _remove_files(self, named: Collection[str], certificates: Collection[str]) -> None:
        """Remove what nothing names any more, private keys above all."""
        for file in self._versions.keys() - set(named):
            self._layout.file(file).unlink()
            del self._versions[file]
        for path in self._layout.certificates.iterdir():
            if path.name not in certificates:
                path.unlink()


def _named_files(configuration: Configuration) -> set[str]:
    endpoints = {_ENDPOINTS + name for name in configuration.endpoints}
    return endpoints | {_ROUTES + name for name in configuration.routes} | {_CLUSTERS, _LISTENERS}


def _scope(file: str) -> str:
    """Name the scope of the counters that Envoy keeps of a file."""
    if file.startswith(_ROUTES):
        name = file.removeprefix(_ROUTES)
        return f"http.{name}.rds.{name}"
    if file.startswith(_ENDPOINTS):
        return f"cluster.{file.removeprefix(_ENDPOINTS)}"
    return "listener_manager.lds" if file == _LISTENERS else "cluster_manager.cds"
