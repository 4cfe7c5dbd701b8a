# SPDX-License-Identifier: GPL-3.0-or-later
"""Let everybody reach the tasks, the tasks do what only ECS may, and a key grow old."""

import boto3

ec2, iam, kms = (boto3.client(service) for service in ("ec2", "iam", "kms"))

(tasks,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["shop-local-task"]}])[
    "SecurityGroups"
]
everybody = {"IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
ec2.authorize_security_group_ingress(GroupId=tasks["GroupId"], IpPermissions=[everybody])

iam.attach_role_policy(
    RoleName="shop-local-eu-central-1-task",
    PolicyArn="arn:aws:iam::123456789012:policy/shop-local-eu-central-1-execution",
)

# It wants the number of a key, not its alias.
key = kms.describe_key(KeyId="alias/shop-local-data")["KeyMetadata"]
kms.disable_key_rotation(KeyId=key["KeyId"])
