# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and certificates change while clients send requests: none is lost, and what is new is what is used."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.certificates import Pair, Wish, issue
from tests.e2e.canaries import log_events
from tests.e2e.handshake import serial
from tests.e2e.load import WRITERS, Load
from tests.e2e.site import STACK, Site, wait_until

FEWEST_REQUESTS = 1_000
MOST_SECONDS = 240


@contextmanager
def load_on(site: Site, writers: int = 0, rotations: int = 1) -> Iterator[Load]:
    """Send requests while a block runs, and a while before and after."""
    with Load(site.url, site.authority, MOST_SECONDS * rotations, writers) as load:
        wait_until(lambda: load.sent >= FEWEST_REQUESTS, MOST_SECONDS, "requests before")
        yield load
        before = load.sent
        wait_until(lambda: load.sent >= before + FEWEST_REQUESTS, MOST_SECONDS, "requests after")


def certificate_arns(site: Site) -> set[str]:
    """Return what the listeners of the site serve."""
    elbv2 = site.client("elbv2")
    balancers = [one["LoadBalancerArn"] for one in elbv2.describe_load_balancers()["LoadBalancers"]]
    listeners = [one for arn in balancers for one in elbv2.describe_listeners(LoadBalancerArn=arn)["Listeners"]]
    return {one["CertificateArn"] for listener in listeners for one in listener.get("Certificates", [])}


def served(site: Site) -> int:
    """Return the serial number that a new client of the site meets."""
    return serial("127.0.0.1", site.ports[1])


def rotate(site: Site, directory: Path, tags: str) -> Pair:
    """Have the role import a new certificate with a new key, by the authority that clients know."""
    pair = issue(Wish(), site.run_dir / "tls")
    said = site.playbook("--tags", tags, "-e", json.dumps(pair.write(directory)))
    assert "changed=1 " in said, said[-3000:]
    return pair


def put(site: Site, pair: Pair) -> None:
    """Import a certificate under the ARN that the site serves, as somebody would by hand."""
    (arn,) = certificate_arns(site)
    site.client("acm").import_certificate(
        CertificateArn=arn,
        Certificate=pair.certificate,
        PrivateKey=pair.key,
        CertificateChain=site.authority.read_bytes(),
    )


@pytest.mark.full
@pytest.mark.parametrize(
    ("tags", "times"),
    [("security", 1), pytest.param("security,ecs_service", 3, marks=pytest.mark.nightly)],
    ids=("once", "again and again"),
)
def test_another_certificate_comes_under_the_same_arn_and_loses_no_request(
    site: Site, tmp_path: Path, tags: str, times: int
) -> None:
    arns, proxy = certificate_arns(site), site.state()["balancer_pid"]
    with load_on(site, rotations=times) as load:
        for number in range(times):
            pair = rotate(site, tmp_path / str(number), tags)
            wait_until(lambda: served(site) == pair.serial, 60, "a client meets the new certificate")  # noqa: B023 - called at once
            # Everybody comes over to the new certificate, each time, at the end of a request and not in the middle.
            connections = load.clients * (number + 2)
            wait_until(lambda: load.handshakes >= connections, 60, "all clients have connected anew")  # noqa: B023 - called at once
    assert load.failed == 0, load.answers
    assert certificate_arns(site) == arns
    assert site.state()["balancer_pid"] == proxy
    tags_of = site.client("acm").list_tags_for_certificate(CertificateArn=arns.pop())["Tags"]
    assert {"Key": "Name", "Value": STACK} in tags_of


def test_a_certificate_that_cannot_follow_is_refused_with_the_reason_and_the_old_one_stays(
    site: Site, tmp_path: Path
) -> None:
    before = served(site)
    pair = issue(Wish(key=ec.generate_private_key(ec.SECP384R1())), site.run_dir / "tls")
    variables = json.dumps(pair.write(tmp_path))
    done = site.run("ansible-playbook", "-i", "inventories/local", "site.yml", "--tags", "security", "-e", variables)
    assert done.returncode == 2
    said = " ".join(done.stdout.split())
    assert "ACM did not take the certificate in" in said
    assert "its type and size cannot be changed" in said
    assert served(site) == before


def test_a_certificate_that_clients_do_not_trust_is_noticed(site: Site) -> None:
    """The control: the clients of the test above do look at the certificate that is new."""
    trusted = issue(Wish(), site.run_dir / "tls")
    put(site, trusted)
    with Load(site.url, site.authority, MOST_SECONDS) as load:
        wait_until(lambda: load.answers["200"] >= FEWEST_REQUESTS, MOST_SECONDS, "requests before")
        assert load.failed == 0
        put(site, issue(Wish()))
        wait_until(lambda: load.answers["SSLError"] >= load.clients, 60, "clients refuse the site")
        put(site, trusted)
        wait_until(lambda: served(site) == trusted.serial, 60, "the certificate that they trust is back")


def test_a_proxy_that_starts_anew_is_noticed(site: Site) -> None:
    """The control: a rotation by a restart loses requests."""
    with load_on(site) as load:
        os.kill(site.state()["balancer_pid"], signal.SIGKILL)
        wait_until(lambda: load.failed, 60, "requests are lost")
        answered = load.answers["200"]
        wait_until(lambda: load.answers["200"] > answered + FEWEST_REQUESTS, MOST_SECONDS, "answers come again")
    wait_until(lambda: len(site.tasks()) == 2, MOST_SECONDS, "both tasks are healthy again")


def keys_of(site: Site) -> dict[str, str]:
    """Return the aliases of the stack's keys, and which key each means."""
    aliases = site.client("kms").list_aliases()["Aliases"]
    return {one["AliasName"]: one["TargetKeyId"] for one in aliases if one["AliasName"].startswith(f"alias/{STACK}")}


def test_new_key_material_loses_no_request_nothing_written_and_no_log(site: Site) -> None:
    kms, logs, keys = site.client("kms"), site.client("logs"), keys_of(site)
    assert keys
    with load_on(site, WRITERS) as load:
        for key in keys.values():
            kms.rotate_key_on_demand(KeyId=key)
        after = len(load.written)
        wait_until(lambda: len(load.written) >= after + 50, MOST_SECONDS, "products that were added after")
        # Not by the number of its lines: the embedded AWS keeps so many of each task.
        logged = log_events(logs)
        wait_until(lambda: log_events(logs) != logged, 60, "the log goes on")
    assert load.failed == 0, load.answers
    assert keys_of(site) == keys
    assert all(
        kms.list_key_rotations(KeyId=key)["Rotations"][-1]["RotationType"] == "ON_DEMAND" for key in keys.values()
    )
    lost = [product for product in load.written if site.request(f"api/products/{product}")[0] != 200]
    assert lost == []


def denied_uses(site: Site) -> int:
    """Return how often the use of a key was denied."""
    journal = site.ask("journal")
    return sum(one["count"] for one in journal if one["denied_by"] and one["action"].startswith("kms:"))


def test_a_key_that_serves_the_stack_no_more_is_noticed(site: Site) -> None:
    """The control: after a rotation that leaves the stack without use of its keys, the log does not go on."""
    kms, keys = site.client("kms"), keys_of(site)
    policies = {key: kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"] for key in keys.values()}
    root = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    closed = json.dumps({"Version": "2012-10-17", "Statement": [root]})
    before = denied_uses(site)
    try:
        with load_on(site, WRITERS):
            for key in policies:
                kms.put_key_policy(KeyId=key, PolicyName="default", Policy=closed)
            wait_until(lambda: denied_uses(site) > before, 60, "the use of a key is denied")
    finally:
        for key, policy in policies.items():
            kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
