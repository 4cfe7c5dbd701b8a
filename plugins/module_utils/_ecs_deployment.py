# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A deployment from the choice of a task definition to its end: read, plan, apply, follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_deployment_api as api
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_deployment_plan as plan
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_definition_plan import (
    comparable,
    means_the_same,
    spell_out,
)
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_deployment_watch import Watch
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_failure_plan import Evidence
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

Facts = Mapping[str, Any]
# How many revisions are looked through for one that means what is wanted.
REVISIONS = 10
# How often a deployment that has just begun is looked for, about once a second.
LOOKS = 15


@dataclass(frozen=True)
class Choice:
    """A task definition to deploy; without an ARN it is to be registered."""

    content: Facts
    arn: str = ""
    revision: int = 0


@dataclass(frozen=True)
class Done:
    """What was done, and what became of it."""

    changed: bool
    choice: Choice
    running: Facts
    outcome: plan.Outcome = field(default_factory=plan.Outcome)
    evidence: Evidence = field(default_factory=Evidence)

    @property
    def definition(self) -> str:
        """Return the ARN of the task definition, a name if it has none yet."""
        return self.choice.arn or f"{self.choice.content['family']}:0"

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Return what the module returns."""
        previous = str(self.running.get("taskDefinitionArn", ""))
        result = {
            "changed": self.changed,
            "task_definition": self.choice.arn,
            "revision": self.choice.revision,
            "previous_task_definition": previous,
            **self.outcome.as_result(),
            **self.evidence.as_result(),
        }
        if diff:
            before = {"task_definition": plan.short(previous), **comparable(self.running)} if self.running else {}
            after = {"task_definition": plan.short(self.definition), **comparable(self.choice.content)}
            result["diff"] = {"before": before, "after": after if self.changed else before}
        return result


class Deployment:
    """What a task of the module does; raises PlanError and AnsibleAWSError."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self._params: Facts = module.params
        self._ecs = module.client("ecs")
        self._place = (self._params["cluster"], self._params["service"])

    def run(self) -> Done:
        """Read, plan, register and deploy unless in check mode, and follow."""
        self._check()
        state = self._params["state"]
        service = api.describe_service(self._ecs, *self._place)
        if not service and state != "registered":
            raise PlanError(
                f"Cluster {self._place[0]} has no active service {self._place[1]} to deploy to. Nothing was changed."
            )
        running = api.definition(self._ecs, service["taskDefinition"]) if service else {}
        choice = self._choose(service, running)
        new = not choice.arn
        starts = state == "deployed" and choice.arn != service.get("taskDefinition")
        if self._module.check_mode:
            return Done(new or starts, choice, running)
        if new:
            choice = _chosen(api.register(self._ecs, spell_out(self._params["task_definition"])))
        if state == "registered":
            return Done(new, choice, running)
        entry = self._start(choice.arn) if starts else self._find(choice.arn)
        done = Done(starts or new, choice, running)
        return self._followed(done, service, entry, starts)

    def _check(self) -> None:
        given = [name for name in ("task_definition", "revision", "rollback") if self._params[name]]
        state = self._params["state"]
        if len(given) != 1:
            told = f"; got {' and '.join(given)}" if given else ""
            raise PlanError(f"Exactly one of task_definition, revision and rollback is needed{told}.")
        fitting = {"registered": "task_definition", "followed": "revision"}.get(state, given[0])
        if given != [fitting]:
            raise PlanError(f"state is {state}, which needs {fitting} and not {given[0]}.")
        if self._params["wait_interval"] < 1:
            raise PlanError(f"wait_interval is {self._params['wait_interval']}; expected 1 or more.")

    def _choose(self, service: Facts, running: Facts) -> Choice:
        """Return the task definition that is wanted, an equal one if there is one."""
        wanted = self._params["task_definition"]
        if wanted:
            equal = (one for one in self._candidates(wanted["family"], running) if means_the_same(wanted, one))
            return next((_chosen(one) for one in equal), Choice(wanted))
        name = self._params["revision"]
        if self._params["rollback"]:
            name = plan.last_good(api.history(self._ecs, *self._place), service["taskDefinition"])
        return _chosen(api.definition(self._ecs, name))

    def _candidates(self, family: str, running: Facts) -> Iterator[Facts]:
        if running.get("family") == family:
            yield running
        for arn in api.newest_definitions(self._ecs, family, REVISIONS):
            yield api.definition(self._ecs, arn)

    def _start(self, definition: str) -> Facts:
        """Have the service run a task definition and return the deployment that came of it."""
        known = [str(one["serviceDeploymentArn"]) for one in api.history(self._ecs, *self._place)]
        api.deploy(self._ecs, *self._place, definition)
        seen = known
        for _look in range(LOOKS):
            api.wait_until_listed(self._ecs, *self._place, seen, seconds=60 if seen is known else 1)
            history = api.history(self._ecs, *self._place)
            if entry := plan.find(history, definition, known):
                return entry
            # It is listed, but not described in full yet; or it is somebody else's.
            seen = [str(one["serviceDeploymentArn"]) for one in history]
        raise PlanError(
            f"Service {self._place[1]} was told to run {plan.short(definition)}, but ECS lists no deployment of it."
        )

    def _find(self, definition: str) -> Facts | None:
        return plan.find(api.history(self._ecs, *self._place), definition)

    def _followed(self, done: Done, service: Facts, entry: Facts | None, started: bool) -> Done:
        definition = done.choice.arn
        if entry is None:
            return replace(done, outcome=plan.forgotten(service, definition))
        client = self._module.client
        watch = Watch(self._ecs, client("elbv2"), client("logs"), self._params, service, definition)
        outcome, evidence = watch.follow(entry, started)
        return replace(done, outcome=outcome, evidence=evidence)


def _chosen(definition: Facts) -> Choice:
    return Choice(definition, str(definition["taskDefinitionArn"]), int(definition["revision"]))
