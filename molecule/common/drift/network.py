# SPDX-License-Identifier: GPL-3.0-or-later
"""Open by hand what the role network has closed."""

import boto3

ec2 = boto3.client("ec2")
OURS = {"Name": "tag:palisade:stack", "Values": ["shop-local"]}

(endpoints,) = ec2.describe_security_groups(Filters=[OURS, {"Name": "group-name", "Values": ["shop-local-endpoints"]}])[
    "SecurityGroups"
]
everybody = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
ec2.authorize_security_group_ingress(GroupId=endpoints["GroupId"], IpPermissions=[everybody])

public = ec2.describe_subnets(Filters=[OURS, {"Name": "tag:palisade:tier", "Values": ["public"]}])["Subnets"][0]
ec2.modify_subnet_attribute(SubnetId=public["SubnetId"], MapPublicIpOnLaunch={"Value": True})
