# SPDX-License-Identifier: GPL-3.0-or-later
"""Flow logs, kept by the module and asked for at EC2."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import vpc_flow_log

from tests.integration.plugins.modules.aws_account import REGION, AwsAccount, Json

ROLE = "arn:aws:iam::123456789012:role/shop-flow-logs"
GROUP = "/palisade/shop/flow-logs"
RESULT_KEYS = {
    "flow_log_id",
    "destination",
    "role_arn",
    "traffic_type",
    "max_aggregation_interval",
    "log_format",
    "tags",
    "deliver_logs_error",
}
SHORT = "${srcaddr} ${dstaddr} ${action}"
BUCKET = "arn:aws:s3:::shop-logs"
GROUPED = {"destination_type": "cloud-watch-logs", "log_group_name": GROUP, "role_arn": ROLE}
REFUSED: dict[str, tuple[Json, str]] = {
    "no group": ({**GROUPED, "log_group_name": ""}, "log_group_name is missing; expected log_group_name and role_arn"),
    "no role": ({**GROUPED, "role_arn": None}, "role_arn is missing; expected log_group_name and role_arn"),
    "both": ({**GROUPED, "bucket_arn": BUCKET}, f"bucket_arn is {BUCKET}; expected log_group_name and role_arn"),
    "no bucket": ({"destination_type": "s3"}, "bucket_arn is missing; expected bucket_arn"),
    "no ARN": ({"destination_type": "s3", "bucket_arn": "shop-logs"}, "expected one such as arn:aws:s3:::shop-logs"),
    "reserved": ({"destination_type": "s3", "bucket_arn": f"{BUCKET}/AWSLogs/"}, "Leave it out"),
    "no role ARN": ({**GROUPED, "role_arn": "shop"}, "expected one such as arn:aws:iam::123456789012:role/"),
    "format": ({**GROUPED, "log_format": "$srcaddr"}, "expected fields as ${srcaddr}"),
    "interval": ({**GROUPED, "max_aggregation_interval": 30}, "must be one of: 60, 600"),
}


@pytest.fixture
def vpc(aws: AwsAccount) -> str:
    aws.client("logs").create_log_group(logGroupName=GROUP)
    bucket = {"LocationConstraint": REGION}
    aws.client("s3").create_bucket(Bucket="shop-logs", CreateBucketConfiguration=bucket)
    made = str(aws.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])
    aws.written()
    return made


def flow_logs(aws: AwsAccount) -> list[Json]:
    found: list[Json] = aws.client("ec2").describe_flow_logs()["FlowLogs"]
    return found


def test_story_of_a_flow_log(aws: AwsAccount, vpc: str) -> None:
    here: Any = {"vpc_id": vpc, "name": "shop", **GROUPED, "tags": {"Application": "shop"}}

    dry = aws.run(vpc_flow_log, dry=True, **here)
    assert (dry["changed"], dry["flow_log_id"], dry["diff"]["before"]) == (True, "fl-00000000000000000", {})
    assert aws.written() == flow_logs(aws) == []

    made, repeated = aws.run(vpc_flow_log, **here), aws.run(vpc_flow_log, **here)
    assert [made["changed"], repeated["changed"]] == [True, False]
    assert aws.written() == ["CreateFlowLogs"]
    assert {key: dry[key] for key in RESULT_KEYS - {"flow_log_id"}} == {
        key: made[key] for key in RESULT_KEYS - {"flow_log_id"}
    }
    (found,) = flow_logs(aws)
    assert found["FlowLogId"] == made["flow_log_id"] == repeated["flow_log_id"]
    assert (found["ResourceId"], found["LogGroupName"], found["DeliverLogsPermissionArn"]) == (vpc, GROUP, ROLE)
    assert (found["TrafficType"], found["MaxAggregationInterval"]) == ("ALL", 60)
    assert found["LogFormat"].startswith("${version} ${account-id} ")

    tagged = {**here, "tags": {}}
    foreseen, changed = aws.run(vpc_flow_log, dry=True, **tagged), aws.run(vpc_flow_log, **tagged)
    assert foreseen["changed"]
    assert changed["changed"]
    assert {key: foreseen[key] for key in RESULT_KEYS} == {key: changed[key] for key in RESULT_KEYS}
    assert (changed["flow_log_id"], changed["tags"]) == (made["flow_log_id"], {"Name": "shop"})
    assert aws.written() == ["DeleteTags"]

    other = {**tagged, "log_format": SHORT}
    foreseen, changed = aws.run(vpc_flow_log, dry=True, **other), aws.run(vpc_flow_log, **other)
    assert foreseen["diff"]["before"]["log_format"] == made["log_format"]
    assert foreseen["diff"]["after"]["log_format"] == changed["log_format"] == SHORT
    # The traffic is recorded all the time.
    assert aws.written() == ["CreateFlowLogs", "DeleteFlowLogs"]
    (found,) = flow_logs(aws)
    assert found["FlowLogId"] == changed["flow_log_id"] != made["flow_log_id"]
    assert found["Tags"] == [{"Key": "Name", "Value": "shop"}]
    assert not aws.run(vpc_flow_log, **other)["changed"]

    away: Any = {"vpc_id": vpc, "name": "shop", "destination_type": "cloud-watch-logs", "state": "absent"}
    foreseen, gone, still_gone = (
        aws.run(vpc_flow_log, dry=True, **away),
        *[aws.run(vpc_flow_log, **away) for _ in range(2)],
    )
    assert [foreseen["changed"], gone["changed"], still_gone["changed"]] == [True, True, False]
    assert set(gone) - {"changed"} == RESULT_KEYS
    assert aws.written() == ["DeleteFlowLogs"]
    assert flow_logs(aws) == []


def test_bucket_with_a_folder_is_the_same_with_and_without_its_last_slash(aws: AwsAccount, vpc: str) -> None:
    here: Any = {"vpc_id": vpc, "name": "shop", "destination_type": "s3"}
    first = aws.run(vpc_flow_log, **here, bucket_arn=BUCKET)
    assert (first["destination"], first["role_arn"]) == (BUCKET, "")
    assert not aws.run(vpc_flow_log, **here, bucket_arn=f"{BUCKET}/")["changed"]


def test_flow_logs_of_other_names_vpcs_and_types_are_left_alone(aws: AwsAccount, vpc: str) -> None:
    other = aws.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    foreign: list[Json] = [
        {"vpc_id": vpc, "name": "audit", **GROUPED, "traffic_type": "REJECT"},
        {"vpc_id": other, "name": "shop", **GROUPED},
        {"vpc_id": vpc, "name": "shop", "destination_type": "s3", "bucket_arn": BUCKET},
    ]
    kept = [aws.run(vpc_flow_log, **one)["flow_log_id"] for one in foreign]
    aws.run(vpc_flow_log, vpc_id=vpc, name="shop", **GROUPED)
    aws.run(vpc_flow_log, vpc_id=vpc, name="shop", destination_type="cloud-watch-logs", state="absent")
    assert sorted(one["FlowLogId"] for one in flow_logs(aws)) == sorted(kept)


def test_interrupted_change_is_completed(aws: AwsAccount, vpc: str) -> None:
    here: Any = {"vpc_id": vpc, "name": "shop", **GROUPED}
    old = aws.run(vpc_flow_log, **here)["flow_log_id"]
    # As if the run had ended after the new one: it has the name too.
    new = aws.run(vpc_flow_log, **{**here, "name": "new", "log_format": SHORT})["flow_log_id"]
    aws.client("ec2").create_tags(Resources=[new], Tags=[{"Key": "Name", "Value": "shop"}])
    result = aws.run(vpc_flow_log, **here, log_format=SHORT)
    assert (result["changed"], result["flow_log_id"]) == (True, new)
    assert old not in [one["FlowLogId"] for one in flow_logs(aws)]


def test_records_that_are_not_delivered_are_a_warning(aws: AwsAccount, vpc: str) -> None:
    here: Any = {"vpc_id": vpc, "name": "shop", **GROUPED, "log_group_name": "/palisade/missing"}
    made = aws.run(vpc_flow_log, **here)
    assert made["deliver_logs_error"] == ""
    repeated = aws.run(vpc_flow_log, **here)
    assert (repeated["changed"], repeated["deliver_logs_error"]) == (False, "Access error")
    (warning,) = repeated["warnings"]
    assert made["flow_log_id"] in str(warning)


def test_dry_run_knows_a_vpc_that_is_yet_to_be_created(aws: AwsAccount) -> None:
    result = aws.run(vpc_flow_log, dry=True, vpc_id="vpc-00000000000000000", name="shop", **GROUPED)
    assert (result["changed"], result["flow_log_id"]) == (True, "fl-00000000000000000")


def test_flow_log_of_somebody_else_with_these_settings_is_named(aws: AwsAccount, vpc: str) -> None:
    aws.run(vpc_flow_log, vpc_id=vpc, name="theirs", **GROUPED)
    result = aws.run(vpc_flow_log, vpc_id=vpc, name="shop", **GROUPED)
    assert "Another flow log of the VPC, of another name, has this destination" in result["msg"]


def test_bucket_that_does_not_exist_is_a_failure(aws: AwsAccount, vpc: str) -> None:
    missing = {"destination_type": "s3", "bucket_arn": "arn:aws:s3:::nobodys-logs"}
    result = aws.run(vpc_flow_log, vpc_id=vpc, name="shop", **missing)
    assert result["failed"]
    assert f"Failed to create a flow log of {vpc}" in result["msg"]
    assert "nobodys-logs does not exist" in result["msg"]


@pytest.mark.parametrize(("arguments", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_before_anything_is_written(
    aws: AwsAccount, vpc: str, arguments: Json, message: str
) -> None:
    assert message in aws.run(vpc_flow_log, vpc_id=vpc, name="shop", **arguments)["msg"]
    assert aws.written() == []


@pytest.mark.parametrize("missing", ["vpc_id", "name", "destination_type"])
def test_missing_argument_is_named(aws: AwsAccount, missing: str) -> None:
    arguments = {key: value for key, value in {"vpc_id": "vpc-1", "name": "shop", **GROUPED}.items() if key != missing}
    assert aws.run(vpc_flow_log, **arguments)["msg"] == f"missing required arguments: {missing}"
