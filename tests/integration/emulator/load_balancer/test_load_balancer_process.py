# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start, stop, crash and refused configuration."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import emulator
from emulator.identity import start_mark
from emulator.load_balancer import LoadBalancer, LoadBalancerError, Target, snapshot
from emulator.processes import is_listening, listener_of, listening_processes
from tests.integration.emulator.load_balancer.load_balancer_site import (
    Pending,
    Site,
    Upstream,
    eventually,
    fixed,
    forward,
)

Start = Callable[[str], Upstream]
ROOT = Path(emulator.__file__).parents[1]


def gone(pid: int) -> bool:
    """A zombie is gone, too: its parent, the test's, or the machine's first process, has yet to ask for its end."""
    return start_mark(pid) is None


def test_taken_port_is_refused_by_name_of_the_holder_and_the_variable(tmp_path: Path, ports: dict[int, int]) -> None:
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(ports[443])]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as holder:
        try:
            eventually(lambda: is_listening("127.0.0.1", ports[443]))
            with pytest.raises(LoadBalancerError) as error:
                LoadBalancer(tmp_path, ports).start()
        finally:
            holder.terminate()
    assert f"port {ports[443]} of 127.0.0.1 is taken by process {holder.pid} (" in str(error.value)
    assert f"http.server --bind 127.0.0.1 {ports[443]}" in str(error.value)
    assert str(error.value).endswith("set PALISADE_SITE_PORT to another port")
    assert list(tmp_path.iterdir()) == []


def test_failed_start_leaves_the_files_of_the_one_that_serves(site: Site, run_dir: Path) -> None:
    site.http(fixed("hello"))
    site.publish()
    second = LoadBalancer(run_dir, site.ports)
    with pytest.raises(LoadBalancerError, match=f"taken by process {site.balancer.pid} "):
        second.start()
    second.stop(grace=0)
    assert site.get(port=80).body == "hello"
    assert site.balancer.requests() == {"80": 1}


def test_port_taken_between_start_and_the_listener_is_told_at_each_publish(site: Site, ports: dict[int, int]) -> None:
    site.http(fixed("hello"))
    with socket.create_server(("127.0.0.1", ports[80])):
        for _ in range(2):
            with pytest.raises(LoadBalancerError, match=f"taken by process {os.getpid()} .*PALISADE_HTTP_PORT"):
                site.publish()
    site.publish()
    assert site.get(port=80).body == "hello"


def test_each_port_has_one_listener(site: Site) -> None:
    site.https(fixed("hello"))
    site.http(fixed("hello"))
    site.publish()
    for port in site.ports.values():
        assert listening_processes(port) == [site.balancer.pid]
        assert "envoy" in (listener_of(port) or "")


def test_start_twice_is_one_process(balancer: LoadBalancer) -> None:
    before = balancer.pid
    balancer.start()
    assert balancer.pid == before
    assert balancer.alive()


@pytest.mark.parametrize("graceful", [True, False])
def test_stop_lets_a_request_finish(site: Site, upstream: Start, run_dir: Path, graceful: bool) -> None:
    """The control ends Envoy by its signal: the request is cut."""
    target = upstream("target")
    site.serve(target)
    process = site.balancer.pid
    assert process
    request = Pending(lambda: site.get("/held"))
    assert target.held.wait(30)
    if graceful:
        stopping = threading.Thread(target=site.balancer.stop, args=(60,))
        stopping.start()
        eventually(lambda: site.get("/").headers.get("connection") == "close")
        target.release.set()
        assert request.result().status == 200
        stopping.join(60)
    else:
        os.kill(process, signal.SIGTERM)
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            request.result()
        # It cuts the connection before it writes its log and ends, and `stop` would kill it in the meantime.
        eventually(lambda: gone(process))
        site.balancer.stop(grace=1)
    assert gone(process)
    assert not is_listening("127.0.0.1", site.ports[443])
    assert sorted(path.name for path in run_dir.rglob("*")) == ["access.log", "envoy.log", "logs"]
    logged = [json.loads(line) for line in (run_dir / "logs" / "access.log").read_text().splitlines()]
    held = [(line["status"], line["target"], line["target_group"][:5]) for line in logged if line["path"] == "/held"]
    assert held == [(200 if graceful else 0, f"{target.address}:{target.port}", "blue-")]


def test_stop_is_bounded_by_its_grace(site: Site, upstream: Start) -> None:
    target = upstream("target")
    site.serve(target)
    request = Pending(lambda: site.get("/held"))
    assert target.held.wait(30)
    site.balancer.stop(grace=0.2)
    assert not site.balancer.alive()
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        request.result()


def test_nothing_is_left_when_the_parent_is_killed(tmp_path: Path, ports: dict[int, int]) -> None:
    script = f"""
        import pathlib, signal, subprocess
        from emulator.load_balancer import LoadBalancer
        balancer = LoadBalancer(pathlib.Path({str(tmp_path)!r}), {ports!r})
        balancer.start()
        control = subprocess.Popen(["sleep", "60"])
        print(balancer.pid, control.pid, flush=True)
        signal.pause()
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout
        envoy, control = map(int, parent.stdout.readline().split())
        assert not gone(envoy)
        parent.kill()
        parent.wait()
        eventually(lambda: gone(envoy))
        # Another child of the same parent is still there: it is the request to the kernel that ended Envoy.
        assert not gone(control)
        os.kill(control, signal.SIGKILL)


def test_crash_is_noticed_and_start_begins_anew(site: Site) -> None:
    site.http(fixed("hello"))
    site.publish()
    assert site.balancer.pid
    os.kill(site.balancer.pid, signal.SIGKILL)
    eventually(lambda: not site.balancer.alive())
    with pytest.raises(LoadBalancerError, match="does not run"):
        site.publish()
    with pytest.raises(LoadBalancerError, match="does not answer"):
        site.balancer.health()
    site.balancer.start()
    site.publish()
    assert site.get(port=80).body == "hello"


def test_refused_listener_is_told_at_each_publish_until_it_is_mended(site: Site) -> None:
    site.http(fixed("before"))
    site.publish()
    site.https(fixed("secure"))
    for _ in range(2):
        with pytest.raises(LoadBalancerError, match="certificate"):
            site.publish(lambda arn: (b"no certificate", b"no key"))
    assert site.get(port=80).body == "before"
    site.publish()
    assert site.get().body == "secure"


def test_refused_routes_are_told_and_the_last_good_ones_stay(site: Site) -> None:
    listener = site.http(fixed("before"))
    site.publish()
    site.elb.modify_listener(ListenerArn=listener, DefaultActions=[fixed("x" * 5000)])
    with pytest.raises(LoadBalancerError, match=r"rds-l80: response body size is 5000 bytes"):
        site.publish()
    assert site.get(port=80).body == "before"


def test_refused_target_group_is_told_until_it_goes(site: Site) -> None:
    arn = site.group("blue")
    site.backend.target_groups[arn].health_check_timeout_seconds = 0
    listener = site.https(forward({arn: 1}))
    site.http(fixed("hello"))
    for _ in range(2):
        with pytest.raises(LoadBalancerError, match=r"cds: Proto constraint .*Timeout: value must be greater"):
            site.publish()
    assert (site.get().status, site.get(port=80).body) == (503, "hello")
    site.elb.delete_listener(ListenerArn=listener)
    site.publish()


def test_refused_endpoints_are_told_and_the_rest_is_in_effect(site: Site, upstream: Start) -> None:
    target = upstream("target")
    arn = site.serve(target)
    site.targets[arn].append(Target("not-an-address", 8443, "eu-central-1a", draining=False))
    site.http(fixed("hello"))
    with pytest.raises(LoadBalancerError, match="not-an-address"):
        site.publish()
    assert (site.get().name, site.get(port=80).body) == ("target", "hello")


def test_what_is_not_emulated_is_logged_once(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.elb.create_listener(LoadBalancerArn=site.arn, Protocol="HTTP", Port=8081, DefaultActions=[fixed("hello")])
    site.publish()
    site.publish()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "not emulated: port 8081" in caplog.text
    assert len(site.balancer.problems) == 1


def test_unchanged_snapshot_asks_nothing_of_envoy(site: Site, run_dir: Path) -> None:
    site.https(forward({site.group("blue"): 1}))
    site.publish()

    def files() -> dict[str, int]:
        return {str(path): path.stat().st_ino for path in (run_dir / "xds").rglob("*") if path.is_file()}

    before = files()
    site.balancer.publish(snapshot(site.backend, {}, site.certificate_of))
    assert files() == before
    site.elb.modify_load_balancer_attributes(
        LoadBalancerArn=site.arn, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "50"}]
    )
    site.publish()
    assert {Path(path).name for path in before if files().get(path) != before[path]} == {"lds.json", "cds.json"}
