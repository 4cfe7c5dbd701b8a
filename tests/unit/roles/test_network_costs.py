# SPDX-License-Identifier: GPL-3.0-or-later
"""The costs in the README of the role network follow from its dated list of prices."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.palisade.ecs.plugins.plugin_utils._network_endpoints import ALWAYS

from tests.unit.house.checkout import ROOT, load

ROLE = ROOT / "roles" / "network"
ZONES = (2, 3)


def prices() -> Any:
    return load(ROLE / "files" / "prices.yml")


def monthly(price: Any) -> dict[str, float]:
    """Return what a NAT gateway with its address, and an interface endpoint in a zone, cost in a month."""
    hours = price["hours_per_month"]
    return {
        "nat": hours * (price["nat_gateway_hour"] + price["public_ipv4_hour"]),
        "endpoint": hours * price["interface_endpoint_zone_hour"],
    }


def table(price: Any) -> str:
    """Return the table of costs."""
    month, gateway, endpoint = monthly(price), price["nat_gateway_gb"], price["interface_endpoint_gb"]
    rows: list[tuple[str, list[float], float]] = [
        ("`network_nat_mode: per_az`", [month["nat"] * zones for zones in ZONES], gateway),
        ("`network_nat_mode: single`", [month["nat"] for _ in ZONES], gateway),
        ("`network_nat_mode: none`", [0.0 for _ in ZONES], 0.0),
        ("gateway endpoints, DynamoDB and S3", [0.0 for _ in ZONES], 0.0),
        (
            f"interface endpoints that are always there, {len(ALWAYS)}",
            [month["endpoint"] * zones * len(ALWAYS) for zones in ZONES],
            endpoint,
        ),
        ("each further interface endpoint", [month["endpoint"] * zones for zones in ZONES], endpoint),
    ]
    lines = [f"| | {' | '.join(f'{zones} zones' for zones in ZONES)} | and per GB |", "|---|---|---|---|"]
    lines += [f"| {name} | {' | '.join(f'{cost:.2f}' for cost in costs)} | {gb:.3f} |" for name, costs, gb in rows]
    return "\n".join(lines)


def break_even(price: Any) -> float:
    """Return the GB per month and zone from which an endpoint is cheaper than the NAT gateway that is there anyway."""
    return monthly(price)["endpoint"] / float(price["nat_gateway_gb"] - price["interface_endpoint_gb"])


def costs_in_the_readme() -> str:
    text = (ROLE / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"<!-- costs -->\n(.*?)\n<!-- end of costs -->", text, re.DOTALL)
    return str(found).strip()


def test_table_of_the_readme_follows_from_the_prices() -> None:
    assert costs_in_the_readme() == table(prices())


def test_words_of_the_readme_follow_from_the_prices() -> None:
    text = " ".join((ROLE / "README.md").read_text(encoding="utf-8").split())
    price = prices()
    month = monthly(price)
    number = ("One", "Two", "Three", "Four", "Five", "Six", "Seven")[int(month["nat"] // month["endpoint"]) - 1]
    assert f"{number} interface endpoints cost as much as a NAT gateway in each zone" in text
    more = break_even(price)
    assert f"more than {more:.0f} GB a month and zone, which is {2 * more:.0f} GB with two zones" in text
    assert f"traffic from other zones costs {price['between_zones_gb']:.2f} per GB more, each way" in text
    assert price["region"] in text


def test_other_prices_would_make_another_table() -> None:
    dearer = {**prices(), "nat_gateway_hour": 0.052}
    assert table(dearer) != table(prices())


def test_prices_have_a_date_and_sources_of_aws() -> None:
    assert re.fullmatch(r"20\d\d-\d\d(-\d\d)?", prices()["as_of"])
    assert all(source.startswith("https://aws.amazon.com/") for source in prices()["sources"])
