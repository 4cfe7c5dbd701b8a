# SPDX-License-Identifier: GPL-3.0-or-later
"""Where moto is patched to keep what AWS keeps."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.emulator.emulator_site import Emulator

TRUST = {"Version": "2012-10-17", "Statement": []}
POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)


@pytest.fixture(scope="module")
def emulator(shared_emulator: Emulator) -> Emulator:
    return shared_emulator


def refused(client: Any, operation: str, **arguments: Any) -> str:
    with pytest.raises(ClientError) as error:
        getattr(client, operation)(**arguments)
    return str(error.value.response["Error"]["Code"])


def test_a_vpc_keeps_its_gateway_and_a_group_that_is_used(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.99.0.0/24")["Subnet"]["SubnetId"]
    one, other = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in ("one", "other")
    )
    rule = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": one}]}]
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=rule)
    assert refused(ec2, "delete_security_group", GroupId=one) == "DependencyViolation"
    ec2.revoke_security_group_ingress(GroupId=other, IpPermissions=rule)
    interface = ec2.create_network_interface(SubnetId=subnet, Groups=[one])["NetworkInterface"]["NetworkInterfaceId"]
    assert refused(ec2, "delete_security_group", GroupId=one) == "DependencyViolation"
    assert refused(ec2, "delete_subnet", SubnetId=subnet) == "DependencyViolation"
    ec2.delete_network_interface(NetworkInterfaceId=interface)
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_security_group(GroupId=one)
    assert refused(ec2, "delete_vpc", VpcId=vpc) == "DependencyViolation"
    ec2.delete_security_group(GroupId=other)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    assert refused(ec2, "delete_vpc", VpcId=vpc) == "DependencyViolation"
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)
    ec2.delete_vpc(VpcId=vpc)
    assert [one for one in ec2.describe_network_acls()["NetworkAcls"] if one["VpcId"] == vpc] == []


def test_a_policy_is_kept_while_it_is_used_or_has_versions(emulator: Emulator) -> None:
    iam = emulator.client("iam")
    arn = iam.create_policy(PolicyName="kept", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.create_role(RoleName="kept", AssumeRolePolicyDocument=json.dumps(TRUST), PermissionsBoundary=arn)
    assert refused(iam, "delete_policy", PolicyArn=arn) == "DeleteConflict"
    iam.delete_role_permissions_boundary(RoleName="kept")
    iam.attach_role_policy(RoleName="kept", PolicyArn=arn)
    assert refused(iam, "delete_policy", PolicyArn=arn) == "DeleteConflict"
    iam.detach_role_policy(RoleName="kept", PolicyArn=arn)
    iam.delete_role(RoleName="kept")
    version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=POLICY)["PolicyVersion"]["VersionId"]
    assert refused(iam, "delete_policy", PolicyArn=arn) == "DeleteConflict"
    iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    iam.delete_policy(PolicyArn=arn)


def test_a_vault_is_kept_while_it_has_recovery_points(emulator: Emulator) -> None:
    dynamodb, backup = emulator.client("dynamodb"), emulator.client("backup")
    table = dynamodb.create_table(
        TableName="pointed",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]
    for name in ("full", "empty"):
        backup.create_backup_vault(BackupVaultName=name)
    role = "arn:aws:iam::123456789012:role/backup"
    point = backup.start_backup_job(BackupVaultName="full", ResourceArn=table["TableArn"], IamRoleArn=role)
    found = backup.list_recovery_points_by_backup_vault(BackupVaultName="full")["RecoveryPoints"]
    assert [one["RecoveryPointArn"] for one in found] == [point["RecoveryPointArn"]]
    assert refused(backup, "delete_backup_vault", BackupVaultName="full") == "InvalidRequestException"
    backup.delete_backup_vault(BackupVaultName="empty")
    arn = point["RecoveryPointArn"]
    assert refused(backup, "delete_recovery_point", BackupVaultName="full", RecoveryPointArn=f"{arn}0") == (
        "ResourceNotFoundException"
    )
    backup.delete_recovery_point(BackupVaultName="full", RecoveryPointArn=arn)
    backup.delete_backup_vault(BackupVaultName="full")
    dynamodb.delete_table(TableName="pointed")


def test_a_plan_is_made_again_under_the_name_of_one_that_was_deleted(emulator: Emulator) -> None:
    backup = emulator.client("backup")
    rule = {"RuleName": "daily", "TargetBackupVaultName": "any"}
    for _ in range(2):
        made = backup.create_backup_plan(BackupPlan={"BackupPlanName": "again", "Rules": [rule]})
        backup.delete_backup_plan(BackupPlanId=made["BackupPlanId"])


def test_a_target_that_is_deregistered_takes_its_policies_and_alarms_along(emulator: Emulator) -> None:
    scaling, cloudwatch = emulator.client("application-autoscaling"), emulator.client("cloudwatch")
    emulator.client("dynamodb").create_table(
        TableName="scaled",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    )
    target = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": "table/scaled",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
    }
    metric = {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"}
    tracking = {"TargetValue": 70.0, "PredefinedMetricSpecification": metric}
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=2)
    scaling.put_scaling_policy(
        **target,
        PolicyName="scaled",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=tracking,
    )
    scaling.put_scheduled_action(
        **target, ScheduledActionName="scaled", Schedule="rate(1 day)", ScalableTargetAction={"MinCapacity": 1}
    )
    prefix = {"AlarmNamePrefix": "TargetTracking-table/scaled"}
    assert cloudwatch.describe_alarms(**prefix)["MetricAlarms"]
    scaling.deregister_scalable_target(**target)
    assert cloudwatch.describe_alarms(**prefix)["MetricAlarms"] == []
    assert scaling.describe_scaling_policies(ServiceNamespace="dynamodb")["ScalingPolicies"] == []
    assert scaling.describe_scheduled_actions(ServiceNamespace="dynamodb")["ScheduledActions"] == []
    emulator.client("dynamodb").delete_table(TableName="scaled")


def test_a_key_is_deleted_and_taken_up_again_by_its_arn(emulator: Emulator) -> None:
    kms = emulator.client("kms")
    arn = kms.create_key()["KeyMetadata"]["Arn"]

    def state() -> str:
        return str(kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"])

    assert refused(kms, "cancel_key_deletion", KeyId=arn) == "KMSInvalidStateException"
    kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    assert state() == "PendingDeletion"
    for operation in ("schedule_key_deletion", "enable_key", "disable_key"):
        assert refused(kms, operation, KeyId=arn) == "KMSInvalidStateException"
    kms.cancel_key_deletion(KeyId=arn)
    assert state() == "Disabled"
    kms.enable_key(KeyId=arn)
    assert state() == "Enabled"
