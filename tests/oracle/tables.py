# SPDX-License-Identifier: GPL-3.0-or-later
"""What the directed cases are made of: every operator and quantifier, the edges of wildcards, principals."""

from __future__ import annotations

from typing import Any

from tests.oracle.case import ACCOUNT, OTHER_ACCOUNT, OTHER_TASK, TABLE, TASK, TEAM, USER

# operator, key, values of the policy, values of the request (None: the key is absent)
CONDITIONS: list[tuple[str, str, Any, list[Any]]] = [
    ("StringEquals", TEAM, ["blue", "red"], ["blue", "Blue", "green", None]),
    ("StringEquals", "AWS:PrincipalTag/Team", "blue", ["blue", None]),
    ("StringEquals", TEAM, "bl*", ["bl*", "blue"]),
    ("StringNotEquals", TEAM, ["blue", "red"], ["blue", "Blue", None]),
    ("StringEqualsIgnoreCase", TEAM, "BLUE", ["blue", "bluer", None]),
    ("StringNotEqualsIgnoreCase", TEAM, ["BLUE", "red"], ["blue", "bluer", None]),
    ("StringLike", TEAM, ["b?u*", "gr*n"], ["blue", "bu", "grün", "green-", "b.u", "GREEN", None]),
    ("StringLike", TEAM, "a.c", ["abc", "a.c"]),
    ("StringLike", TEAM, ["a${*}c", "a${?}${$}"], ["abc", "a*c", "a?$", "ab$"]),
    ("StringNotLike", TEAM, ["b*", "r*"], ["blue", "green", None]),
    ("NumericEquals", "aws:MultiFactorAuthAge", "300", ["300", "300.0", "301", None]),
    ("NumericEquals", "aws:MultiFactorAuthAge", 300, ["300", "299"]),
    ("NumericNotEquals", "aws:MultiFactorAuthAge", ["300", "1"], ["300", "301", None]),
    ("NumericLessThan", "aws:MultiFactorAuthAge", "300", ["299", "300", "9", None]),
    ("NumericLessThanEquals", "aws:MultiFactorAuthAge", "300", ["300", "300.5", None]),
    ("NumericGreaterThan", "aws:MultiFactorAuthAge", "99.5", ["100", "99.5", None]),
    ("NumericGreaterThanEquals", "aws:MultiFactorAuthAge", "-1", ["-1", "-2", None]),
    ("DateEquals", "aws:CurrentTime", "2026-03-01T12:00:00Z", ["2026-03-01T13:00:00+01:00", "2026-03-01", None]),
    ("DateEquals", "aws:EpochTime", "1772366400", ["1772366400", "1772366401"]),
    ("DateNotEquals", "aws:CurrentTime", "2026-03-01T12:00:00Z", ["2026-03-01T12:00Z", "2026-03-02T12:00Z", None]),
    ("DateLessThan", "aws:CurrentTime", "2026-03-01", ["2026-02-28T23:59:59Z", "2026-03-01T00:00:00Z", None]),
    ("DateLessThanEquals", "aws:CurrentTime", "2026-03", ["2026-03-01T00:00:00Z", "2026-03-01T00:00:01Z"]),
    ("DateGreaterThan", "aws:TokenIssueTime", "2026-03-01T00:00:00.5Z", ["2026-03-01T00:00:00.6Z", "2026-03-01", None]),
    ("DateGreaterThanEquals", "aws:CurrentTime", "2026-03-01T00:00Z", ["2026-03-01", "2026-02-28", None]),
    ("Bool", "aws:SecureTransport", "true", ["true", "false", "True", None]),
    ("Bool", "aws:SecureTransport", False, ["true", "false"]),
    ("Bool", "aws:ViaAWSService", "${aws:SecureTransport, 'false'}", ["true", "false"]),
    ("BinaryEquals", TEAM, "QmluYXJ5VmFsdWVJbkJhc2U2NA==", ["QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5", None]),
    ("BinaryEquals", TEAM, "QUJD", ["QUJD", "qujd"]),
    ("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "2001:DB8::/32"], ["203.0.113.9", "203.0.114.9", "2001:db8::1"]),
    ("IpAddress", "aws:SourceIp", "203.0.113.7", ["203.0.113.7", "203.0.113.8", None]),
    ("IpAddress", "aws:VpcSourceIp", "10.0.0.0/9", ["10.127.255.255", "10.128.0.0"]),
    ("IpAddress", "aws:SourceIp", "0.0.0.0/0", ["8.8.8.8", "2001:db8::1"]),
    ("NotIpAddress", "aws:SourceIp", ["203.0.113.0/24", "10.0.0.0/8"], ["203.0.113.9", "8.8.8.8", "2001:db8::1", None]),
    ("ArnEquals", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/shop-*", [TASK.role_arn, USER.arn, None]),
    ("ArnEquals", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/Shop-task", [TASK.role_arn]),
    (
        "ArnEquals",
        "aws:SourceArn",
        "arn:aws:sns:*:*:topic",
        ["arn:aws:sns:eu-west-1:1:topic", "arn:aws:sns:a:b:c:topic"],
    ),
    (
        "ArnLike",
        "aws:SourceArn",
        "arn:aws:s3:::b*/x?",
        ["arn:aws:s3:::b/a/x1", "arn:aws:s3:::b:c/x1", "arn:aws:s3:::b/x"],
    ),
    ("ArnLike", "aws:SourceArn", "arn:*:s?s:*:12*:q", ["arn:aws:sqs:eu-west-1:123:q", "arn:aws:sqs::3:q", "q"]),
    (
        "ArnLike",
        "aws:SourceArn",
        f"arn:aws:someservice:*:{OTHER_ACCOUNT}:finance/*",
        [
            f"arn:aws:someservice:us-east-2:{ACCOUNT}:store/abc:{OTHER_ACCOUNT}:finance/document.txt",
            f"arn:aws:someservice:us-east-2:{OTHER_ACCOUNT}:finance/document.txt",
        ],
    ),
    ("ArnNotEquals", "aws:PrincipalArn", [TASK.role_arn, OTHER_TASK.role_arn], [TASK.role_arn, USER.arn, None]),
    ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*", [TASK.role_arn, USER.arn, None]),
    ("Null", "aws:TokenIssueTime", "true", ["2026-03-01", None]),
    ("Null", "aws:TokenIssueTime", [False], ["2026-03-01", None]),
    ("Null", "aws:TagKeys", ["true", "false"], [["a"], None]),
    ("StringEqualsIfExists", TEAM, "blue", ["blue", "red", None]),
    ("StringNotEqualsIfExists", TEAM, "blue", ["blue", "red", None]),
    ("NumericLessThanIfExists", "aws:MultiFactorAuthAge", "300", ["299", "300", None]),
    ("DateGreaterThanIfExists", "aws:TokenIssueTime", "2026-03-01", ["2026-03-02", "2026-02-02", None]),
    ("BoolIfExists", "aws:SecureTransport", "true", ["false", None]),
    ("IpAddressIfExists", "aws:SourceIp", "10.0.0.0/8", ["11.0.0.1", None]),
    ("ArnLikeIfExists", "aws:SourceArn", "arn:aws:sqs:*:*:q", ["arn:aws:sqs:a:b:p", None]),
    ("StringEquals", "aws:TagKeys", "a", [["a"], ["a", "b"], None]),
    ("StringNotEquals", "aws:TagKeys", "c", [["a"], ["a", "b"], None]),
    ("StringLikeIfExists", "dynamodb:LeadingKeys", "a", [["a"], None]),
    *(
        (
            f"{quantifier}:{operator}",
            "aws:TagKeys",
            ["a", "b"],
            [["a"], ["a", "b"], ["a", "c"], ["c", "d"], ["A"], None],
        )
        for quantifier in ("ForAllValues", "ForAnyValue")
        for operator in (
            *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
            *("StringLike", "StringNotLike"),
        )
    ),
    ("ForAllValues:StringLikeIfExists", "aws:CalledVia", "dynamo*", [["dynamodb.x"], ["dynamodb.x", "ecs.x"], None]),
    ("ForAnyValue:StringLikeIfExists", "aws:CalledVia", "dynamo*", [["dynamodb.x", "ecs.x"], ["ecs.x"]]),
    ("ForAllValues:StringEquals", TEAM, "blue", ["blue", "red", None]),
    ("ForAnyValue:StringNotEquals", TEAM, "blue", ["blue", "red", None]),
    ("ForAllValues:NumericLessThan", "aws:MultiFactorAuthAge", "300", ["299", "300", None]),
    ("ForAnyValue:ArnLike", "aws:SourceArn", "arn:aws:sqs:*:*:q", ["arn:aws:sqs:a:b:q", "arn:aws:sqs:a:b:p", None]),
    ("StringEquals", TEAM, "${aws:PrincipalTag/unit}", ["blue", "red"]),
    ("StringNotLike", TEAM, "${AWS:principaltag/UNIT}*", ["blue", "bluer", "red"]),
    ("StringEquals", TEAM, "${aws:PrincipalTag/none, 'blue'}", ["blue", "red"]),
    ("StringEquals", TEAM, ["${aws:PrincipalTag/none}", "red"], ["blue", "red"]),
    ("StringLike", TEAM, "${aws:PrincipalTag/stars}", ["b*e", "blue"]),
    ("StringLike", TEAM, "${aws:TagKeys}", ["a", "${aws:TagKeys}"]),
    ("StringEquals", TEAM, "${unclosed", ["${unclosed", "x"]),
    (
        "ArnLike",
        "aws:SourceArn",
        "arn:aws:s3:::${aws:PrincipalTag/unit}/*",
        ["arn:aws:s3:::blue/x", "arn:aws:s3:::red/x"],
    ),
]

# resource of the policy, resources asked for; the action is what suits the latter
RESOURCES: list[tuple[str, list[str]]] = [
    ("*", [TABLE, "*"]),
    (TABLE, [TABLE, TABLE + "-2", TABLE.replace("shop", "Shop")]),
    (TABLE + "*", [TABLE, TABLE + "-2", TABLE[:-1]]),
    (TABLE[:-1] + "?", [TABLE, TABLE + "s", TABLE[:-1]]),
    (f"arn:aws:dynamodb:*:{ACCOUNT}:table/*", [TABLE, TABLE.replace(ACCOUNT, OTHER_ACCOUNT)]),
    (f"arn:aws:dynamodb:eu-*-1:{ACCOUNT}:table/shop?items", [TABLE, TABLE.replace("eu-west-1", "us-east-1")]),
    ("arn:aws:dynamodb:eu-west-1:1234567890??:table/*", [TABLE, TABLE.replace(ACCOUNT, OTHER_ACCOUNT)]),
    ("arn:*:dynamodb:*:*:*", [TABLE, "arn:aws:s3:::shop/x"]),
    ("arn:aws:dynamodb", [TABLE, "arn:aws:s3:::shop/x"]),
    ("arn:aws:dynamodb:eu-west-1", [TABLE, TABLE.replace("eu-west-1", "us-east-1")]),
    ("arn:aws:dynamodb:*", [TABLE, "arn:aws:s3:::shop/x"]),
    ("arn:aws:s3:::shop/*", ["arn:aws:s3:::shop/a/b", "arn:aws:s3:::shop/", "arn:aws:s3:::shopping/a"]),
    ("arn:aws:s3:::shop/*/test/*", ["arn:aws:s3:::shop/1///test///o", "arn:aws:s3:::shop//test/o"]),
    (
        "arn:aws:s3:::shop/*/test/*",
        ["arn:aws:s3:::shop/1-test/o", "arn:aws:s3:::shop/test/o", "arn:aws:s3:::shop/1/test/"],
    ),
    ("arn:aws:s3:::*/b", ["arn:aws:s3:::shop/a/b", "arn:aws:s3:::shop/a/c"]),
    ("arn:aws:s3:::shop/${*}", ["arn:aws:s3:::shop/a", "arn:aws:s3:::shop/a*"]),
    ("arn:aws:s3:::shop/a(b", ["arn:aws:s3:::shop/a(b", "arn:aws:s3:::shop/ab"]),
    ("arn:aws:s3:::shop/${aws:PrincipalTag/team}/*", ["arn:aws:s3:::shop/blue/x", "arn:aws:s3:::shop/red/x"]),
    ("arn:aws:s3:::shop/${aws:PrincipalTag/none}", ["arn:aws:s3:::shop/x", "arn:aws:s3:::shop/"]),
    ("arn:aws:s3:::shop/${aws:PrincipalTag/none, 'all'}", ["arn:aws:s3:::shop/all", "arn:aws:s3:::shop/blue"]),
    (
        "arn:aws:logs:*:*:log-group:/ecs/shop:*",
        [f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/ecs/shop:log-stream:web/1"],
    ),
    (
        "arn:aws:logs:*:*:log-group:/ecs/shop",
        [f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/ecs/shop:log-stream:web/1"],
    ),
]

ACTIONS: list[tuple[Any, list[str]]] = [
    ("*", ["dynamodb:GetItem"]),
    ("dynamodb:*", ["dynamodb:GetItem", "s3:GetObject"]),
    ("DynamoDB:getitem", ["dynamodb:GetItem", "dynamodb:PutItem"]),
    ("dynamodb:?etItem", ["dynamodb:GetItem", "dynamodb:PutItem"]),
    ("dynamodb:Get*", ["dynamodb:GetItem", "dynamodb:PutItem"]),
    ("dynamodb:*Item", ["dynamodb:GetItem", "dynamodb:BatchWriteItem", "dynamodb:Query"]),
    ("dynamodb:Get", ["dynamodb:GetItem"]),
    (["s3:*", "dynamodb:Query"], ["dynamodb:GetItem", "dynamodb:Query", "s3:GetObject"]),
]

PRINCIPALS: list[Any] = [
    "*",
    {"AWS": "*"},
    {"AWS": ACCOUNT},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    {"AWS": TASK.role_arn},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:role/some/path/shop-task"},
    {"AWS": TASK.arn},
    {"AWS": TASK.arn + "0"},
    {"AWS": USER.arn},
    {"AWS": [OTHER_ACCOUNT, USER.arn]},
    {"AWS": "AROAEXAMPLEEXAMPLE123"},
    {"Service": "logs.amazonaws.com"},
    {"Service": ["ecs.amazonaws.com", "ecs-tasks.amazonaws.com"]},
    {"AWS": OTHER_ACCOUNT, "Service": "logs.amazonaws.com"},
    {"Federated": "cognito-identity.amazonaws.com"},
]
NOT_PRINCIPALS: list[Any] = [
    "*",
    {"AWS": OTHER_ACCOUNT},
    {"AWS": [ACCOUNT, TASK.role_arn]},
    {"AWS": [ACCOUNT, TASK.role_arn, TASK.arn]},
    {"AWS": [ACCOUNT, USER.arn]},
    {"Service": "logs.amazonaws.com"},
]
