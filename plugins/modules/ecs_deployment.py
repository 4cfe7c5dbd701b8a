#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Deploy a task definition to a service of ECS, follow the deployment to its end, and say what became of it and why."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ecs_deployment
author: Palisade contributors (!UNKNOWN)
short_description: Deploy a task definition to a service of ECS and say what became of it
version_added: 0.1.0
description:
  - Registers a task definition unless an equal one is there, has the service run it, follows that very deployment to
    its end, and fails unless it succeeded, with the failed task, its exit code, what the load balancer said of it, and
    the last lines of its log.
  - M(community.aws.ecs_service) does not wait. A service that is stable again may have been rolled back, so whoever
    waits for that takes a failure for a success. M(community.aws.ecs_taskdefinition) takes two lists of the same length
    for equal.
  - The service itself is made and changed by other means; of it only the task definition is set here. Its number of
    tasks stays as it is.
options:
  state:
    description:
      - V(registered) has an equal task definition registered, and deploys nothing.
      - V(deployed) has the service run a task definition, too, and follows the deployment.
      - V(followed) follows the deployment of a task definition that something else has begun, and begins none.
    type: str
    choices: [registered, deployed, followed]
    default: deployed
  cluster:
    description: The name of the cluster. With O(state=registered) neither it nor the service need exist.
    type: str
    required: true
  service:
    description: The name of the service.
    type: str
    required: true
  task_definition:
    description:
      - The task definition, as the operation RegisterTaskDefinition takes it.
      - It is registered only if it means something else than the one that the service runs, and than the ten newest of
        its family. What ECS fills in, and the order of containers, variables, secrets, ports and the like, makes no
        difference. Tags are set, and not compared.
      - Exactly one of O(task_definition), O(revision) and O(rollback) is needed.
    type: dict
  revision:
    description: A registered task definition, as family and revision or as ARN.
    type: str
  rollback:
    description:
      - Deploy what last was rolled out completely and is another task definition than the one that the service is to
        run now. ECS remembers the deployments of the last 90 days.
    type: bool
    default: false
  bake_time:
    description:
      - For how many seconds to look on after ECS has called the deployment successful. It does so as soon as all tasks
        are healthy for once; one that fails after that is a failure, which ECS does not roll back.
      - There is nothing to look at when the deployment was over before the task began.
    type: int
    default: 0
  wait_timeout:
    description:
      - For how many seconds to follow the deployment. What takes longer is a failure. ECS goes on with it by itself,
        unless O(rollback_on_timeout).
    type: int
    default: 900
  rollback_on_timeout:
    description:
      - Have ECS go back when the deployment takes longer than O(wait_timeout), and wait for that as long again. A
        deployment that moves requests has no circuit breaker, and would go on for ever when its tasks do not start.
    type: bool
    default: false
  wait_interval:
    description: How often to look, in seconds.
    type: int
    default: 10
attributes:
  check_mode:
    description: Can run in check mode and report what it would register and deploy. Nothing is followed then.
    support: full
  diff_mode:
    description: Shows how the task definition differs from the one that the service runs.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Deploy another image
  palisade.ecs.ecs_deployment:
    region: eu-central-1
    cluster: shop-dev
    service: shop-dev
    task_definition:
      family: shop-dev
      networkMode: awsvpc
      requiresCompatibilities: [FARGATE]
      cpu: "256"
      memory: "512"
      executionRoleArn: arn:aws:iam::123456789012:role/shop-dev-execution
      containerDefinitions:
        - name: app
          image: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop-dev@sha256:{{ digest }}
          portMappings: [{containerPort: 8443}]
    bake_time: 60

- name: Go back to what worked
  palisade.ecs.ecs_deployment:
    region: eu-central-1
    cluster: shop-dev
    service: shop-dev
    rollback: true

- name: Say what became of a deployment that a pipeline has begun
  palisade.ecs.ecs_deployment:
    region: eu-central-1
    cluster: shop-dev
    service: shop-dev
    revision: shop-dev:7
    state: followed
"""

RETURN = r"""
verdict:
  description:
    - V(succeeded) if the service runs the task definition and nothing else.
    - V(rolled_back) if ECS has gone back to an earlier one, V(failed) if it gave up without, if another deployment came
      in between, or if a task failed within O(bake_time), V(timed_out) if it was not over within O(wait_timeout).
    - Empty with O(state=registered), and in check mode if something would be deployed.
  returned: always, unless something is wrong before the deployment
  type: str
  sample: rolled_back
task_definition:
  description: The ARN of the task definition. In check mode one that would be registered has none and the revision 0.
  returned: always, unless something is wrong before the deployment
  type: str
  sample: arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-dev:7
revision:
  description: Its revision.
  returned: always, unless something is wrong before the deployment
  type: int
  sample: 7
previous_task_definition:
  description: The ARN of the task definition that the service was to run when the task began, empty without service.
  returned: always, unless something is wrong before the deployment
  type: str
  sample: arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-dev:6
service_deployment_arn:
  description: The ARN of the deployment, empty when there is none to follow.
  returned: always, unless something is wrong before the deployment
  type: str
  sample: arn:aws:ecs:eu-central-1:123456789012:service-deployment/shop-dev/shop-dev/NCWGC2ZR-taawPAYrIaU5
status:
  description: Its status in the words of ECS.
  returned: always, unless something is wrong before the deployment
  type: str
  sample: ROLLBACK_SUCCESSFUL
status_reason:
  description: Why it has that status, mostly in the words of ECS.
  returned: always, unless something is wrong before the deployment
  type: str
  sample: Service deployment rolled back because the circuit breaker threshold was exceeded.
rollback:
  description: What set a rollback off, why, and to which task definition it went; all empty without one.
  returned: always, unless something is wrong before the deployment
  type: dict
  sample:
    trigger: circuit breaker, 3 failed tasks
    reason: Service deployment rolled back because the circuit breaker threshold was exceeded.
    task_definition: arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-dev:6
phases:
  description:
    - For how many seconds the deployment was C(pending), in C(rollout) and in C(rollback), by the clock of AWS, and for
      how many its tasks were watched after that (C(bake), if they were).
  returned: always, unless something is wrong before the deployment
  type: dict
  sample: {pending: 0, rollout: 74, rollback: 31}
stages:
  description:
    - For how many seconds a deployment that moves requests was in each stage, as far as it was followed, and as exactly
      as O(wait_interval).
  returned: always, unless something is wrong before the deployment
  type: dict
  sample: {SCALE_UP: 48, PRODUCTION_TRAFFIC_SHIFT: 600, BAKE_TIME: 600}
failing_task:
  description:
    - The last task of the deployment that failed, or without one a task that is not running yet. All empty, with an
      C(exit_code) of -1, when the deployment succeeded. A container that did not run has the exit code -1, too.
  returned: always, unless something is wrong before the deployment
  type: dict
  sample:
    task_arn: arn:aws:ecs:eu-central-1:123456789012:task/shop-dev/0a1b2c3d4e5f67890a1b2c3d4e5f6789
    last_status: STOPPED
    stop_code: EssentialContainerExited
    stopped_reason: Essential container in task exited
    container: app
    exit_code: 1
    health_status: UNKNOWN
    address: 10.0.21.7
target_health:
  description:
    - What the load balancer said of that task while it was unhealthy, all empty if it never was.
    - If ECS was so fast that it was not seen, what the service said in an event, which has no code as C(reason).
  returned: always, unless something is wrong before the deployment
  type: dict
  sample:
    target: 10.0.21.7:8443
    state: unhealthy
    reason: Target.ResponseCodeMismatch
    description: "Health checks failed with these codes: [500]"
log_lines:
  description: What that task said last, up to 20 lines, as far as CloudWatch Logs has them.
  returned: always, unless something is wrong before the deployment
  type: list
  elements: str
  sample: ["ValueError: TABLE_NAME is missing"]
"""

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_deployment import Deployment
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_deployment_arguments import ARGUMENT_SPEC
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_deployment_plan import SUCCEEDED
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_failure_plan import story
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    try:
        done = Deployment(module).run()
    except PlanError as error:
        module.fail_json(msg=str(error))
    except AnsibleAWSError as error:
        module.fail_json_aws_error(error)
    if done.outcome.verdict in ("", SUCCEEDED):
        module.exit_json(**done.as_result(diff=module._diff))
    module.fail_json(msg=story(done.outcome, done.definition, done.evidence), **done.as_result(diff=module._diff))


if __name__ == "__main__":
    main()
