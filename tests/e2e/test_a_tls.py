# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS from end to end: on the way to the load balancer, and from there to each task."""

from __future__ import annotations

import http.server
import ipaddress
import os
import socket
import ssl
import threading
import warnings
from contextlib import suppress
from pathlib import Path

import pytest

from tests.certificates import Wish, issue
from tests.e2e.handshake import handshake, plain_answer
from tests.e2e.site import Site

LISTENING = "0A"
TABLES = ("tcp", "tcp6")


def parents() -> dict[int, int]:
    """Return every process of this machine with its parent."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        found[int(entry.parent.name)] = int(fields[1])
    return found


def family(root: int) -> set[int]:
    """Return a process with all its descendants."""
    found, parent_of = {root}, parents()
    while more := {child for child, parent in parent_of.items() if parent in found} - found:
        found |= more
    return found


def address_of(field: str) -> tuple[str, int]:
    """Read an address of the kernel's table: words in the order of this machine, a colon, the port."""
    digits, _, port = field.partition(":")
    words = [bytes.fromhex(digits[at : at + 8])[::-1] for at in range(0, len(digits), 8)]
    return str(ipaddress.ip_address(b"".join(words))), int(port, 16)


def listening(processes: set[int]) -> set[tuple[str, int]]:
    """Return the addresses at which processes listen."""
    sockets = set()
    for pid in processes:
        # A process may end, or close a file, since it was listed.
        with suppress(OSError):
            entries = os.listdir(f"/proc/{pid}/fd")
            for entry in entries:
                with suppress(OSError):
                    sockets.add(os.readlink(f"/proc/{pid}/fd/{entry}"))
    rows = [row.split() for table in TABLES for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
    return {address_of(row[1]) for row in rows if row[3] == LISTENING and f"socket:[{row[9]}]" in sockets}


def test_addresses_are_read_as_the_kernel_writes_them() -> None:
    """The control of the tests below: an address of the whole world is told from loopback."""
    assert address_of("00000000:20FB") == ("0.0.0.0", 8443)
    assert address_of("0100007F:01BB") == ("127.0.0.1", 443)
    assert address_of("00000000000000000000000001000000:01BB") == ("::1", 443)
    assert address_of("00000000000000000000000000000000:01BB") == ("::", 443)
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert server.getsockname() in listening({os.getpid()})


def test_nothing_listens_beyond_loopback(site: Site) -> None:
    found = listening(family(site.state()["pid"]))
    tasks = {(task["address"], task["port"]) for task in site.tasks()}
    assert found >= {("127.0.0.1", site.ports[0]), ("127.0.0.1", site.ports[1]), *tasks}
    assert [address for address, _ in found if not ipaddress.ip_address(address).is_loopback] == []


def test_a_task_listens_at_one_port(site: Site) -> None:
    for task in site.tasks():
        assert listening(family(task["pid"])) == {(task["address"], task["port"])}


def test_only_the_api_answers_without_tls(site: Site) -> None:
    found = listening(family(site.state()["pid"]))
    answering = {place for place in found if plain_answer(*place).startswith(b"HTTP/1.1 200")}
    assert answering == set()
    # On AWS the API is behind TLS as well; here it is the test bed's own door.
    assert {place for place in found if plain_answer(*place).startswith(b"HTTP/1.")} <= {("127.0.0.1", site.ports[0])}


def test_a_server_without_tls_would_be_noticed() -> None:
    """The control of the test above."""

    class Plain(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Plain) as server:
        threading.Thread(target=server.handle_request).start()
        assert plain_answer("127.0.0.1", server.server_port).startswith(b"HTTP/1.1 200")
        assert ("127.0.0.1", server.server_port) in listening({os.getpid()})


def test_site_and_tasks_speak_new_versions_of_tls_and_refuse_old_ones(site: Site) -> None:
    for place in [("127.0.0.1", site.ports[1]), *((task["address"], task["port"]) for task in site.tasks())]:
        assert handshake(*place)[0] == "TLSv1.3"
        assert handshake(*place, ssl.TLSVersion.TLSv1_2)[0] == "TLSv1.2"
        with pytest.raises((ssl.SSLError, OSError)):
            handshake(*place, ssl.TLSVersion.TLSv1_1)


def test_a_server_of_old_versions_would_be_noticed(tmp_path: Path) -> None:
    """The control of the test above: with a server that allows it, the same client does speak TLS 1.1."""
    files = issue(Wish()).write(tmp_path / "server")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files["security_certificate_file"], files["security_certificate_key_file"])
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=lambda: context.wrap_socket(server.accept()[0], server_side=True).close())
        answering.start()
        assert handshake(*server.getsockname(), ssl.TLSVersion.TLSv1_1)[0] == "TLSv1.1"
        answering.join()


def test_every_task_has_a_certificate_of_its_own_that_it_has_made_at_its_start(site: Site) -> None:
    certificates = [handshake(task["address"], task["port"])[1] for task in site.tasks()]
    assert len({certificate.serial_number for certificate in certificates}) == len(certificates) == 2
    assert all(certificate.issuer == certificate.subject for certificate in certificates)
    assert handshake("127.0.0.1", site.ports[1])[1].serial_number not in {one.serial_number for one in certificates}


def test_the_health_of_targets_is_asked_over_tls(site: Site) -> None:
    elbv2 = site.client("elbv2")
    (group,) = elbv2.describe_target_groups()["TargetGroups"]
    assert (group["Protocol"], group["HealthCheckProtocol"]) == ("HTTPS", "HTTPS")
    health = elbv2.describe_target_health(TargetGroupArn=group["TargetGroupArn"])["TargetHealthDescriptions"]
    # They answer to nobody who does not speak TLS, so this is what the load balancer has done.
    assert [one["TargetHealth"]["State"] for one in health] == ["healthy", "healthy"]
