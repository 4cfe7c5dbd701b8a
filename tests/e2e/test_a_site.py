# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person meets who opens the site that site.yml deployed."""

from __future__ import annotations

import http.client
import json
import socket
import ssl

import pytest

from tests.e2e.site import STACK, Site


def test_the_page_is_served_over_verified_tls(site: Site) -> None:
    status, page = site.request("/")
    assert status == 200
    assert b"<html" in page


def test_a_client_that_does_not_know_the_authority_refuses_the_site(site: Site) -> None:
    with (
        pytest.raises(ssl.SSLCertVerificationError),
        socket.create_connection(("127.0.0.1", site.ports[1]), timeout=5) as connection,
    ):
        ssl.create_default_context().wrap_socket(connection, server_hostname="localhost")


def test_what_is_written_is_read_back_and_lies_in_the_table_of_the_stack(site: Site) -> None:
    status, body = site.request(
        "api/products", "POST", {"id": "lantern", "name": "Lantern", "price_cents": 1999, "stock": 3}
    )
    assert status == 201
    product = json.loads(body)
    assert json.loads(site.request(f"api/products/{product['id']}")[1]) == product
    items = site.client("dynamodb").scan(TableName=STACK)["Items"]
    assert [item["sk"]["S"] for item in items if product["id"] in item["sk"]["S"]]


def test_two_tasks_share_the_work_over_two_zones(site: Site) -> None:
    tasks = site.tasks()
    assert len(tasks) == 2
    assert len({task["zone"] for task in tasks}) == 2


def test_a_task_refuses_plaintext(site: Site) -> None:
    task = site.tasks()[0]
    connection = http.client.HTTPConnection(task["address"], task["port"], timeout=5)
    connection.request("GET", "/healthz")
    with pytest.raises((http.client.HTTPException, OSError)):
        connection.getresponse()


def test_a_task_speaks_tls(site: Site) -> None:
    """The control of the test above: the same port does answer, to those who speak TLS."""
    task = site.tasks()[0]
    any_certificate = ssl._create_unverified_context()  # noqa: S323 - a load balancer does not verify its targets
    connection = http.client.HTTPSConnection(task["address"], task["port"], timeout=5, context=any_certificate)
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200


def test_the_outputs_are_kept_in_a_file(site: Site) -> None:
    outputs = json.loads((site.run_dir / "outputs.json").read_text())
    assert outputs["ecs_service"]["url"] == site.url
    assert outputs["table_arn"].endswith(f":table/{STACK}")
    assert outputs["network"]["vpc_id"].startswith("vpc-")
