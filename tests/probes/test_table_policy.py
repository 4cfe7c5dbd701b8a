# SPDX-License-Identifier: GPL-3.0-or-later
"""Items are reached through the endpoint that the policy of the table names, and through no other."""

from __future__ import annotations

from tests.e2e.site import STACK, Site
from tests.probes.operations import OUR_ACCOUNT, REGION
from tests.probes.probing import Fate, Place, Probe, Prober
from tests.unit.house.checkout import ROOT
from tests.unit.roles.policies import text

TABLE = f"arn:aws:dynamodb:{REGION}:{OUR_ACCOUNT}:table/{STACK}"
POLICY = text(ROOT / "roles" / "data" / "templates" / "policies" / "table.json.j2").replace("shop-prod", STACK)


def test_task_reaches_items_by_the_endpoint_of_the_policy(
    stack: Site, prober: Prober, places: dict[str, Place]
) -> None:
    client, probe = stack.client("dynamodb"), Probe("dynamodb", "task", "GetItem", "ours")
    found = stack.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    (endpoint,) = (one["VpcEndpointId"] for one in found if one["ServiceName"].endswith(".dynamodb"))
    fates = []
    try:
        for named in (endpoint, "vpce-00000000000000000", endpoint):
            policy = POLICY.replace("vpce-0a1b2c3d4e5f67890", named)
            client.put_resource_policy(ResourceArn=TABLE, Policy=policy)
            fates.append(prober.fate(probe, places["a task"]))
    finally:
        client.delete_resource_policy(ResourceArn=TABLE)
    assert fates == [Fate.PASSED, Fate.DENIED_OTHERWISE, Fate.PASSED]
