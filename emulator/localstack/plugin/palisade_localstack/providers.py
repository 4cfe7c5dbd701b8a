# SPDX-License-Identifier: GPL-3.0-or-later
"""What serves each API: a request goes to moto as it came, and what that answers goes back.

So they share the network, the roles and the certificates of LocalStack's own providers, which use the same moto.
"""

from __future__ import annotations

from typing import Any

from localstack.aws.api import CommonServiceException
from localstack.aws.skeleton import Skeleton
from localstack.aws.spec import load_service
from localstack.http import Response
from localstack.http.request import get_full_raw_path, get_raw_current_url
from localstack.services import moto
from localstack.services.plugins import Service, ServicePluginAdapter
from moto.backends import get_backend
from plux import PluginSpec

NAMESPACE = "localstack.aws.provider"
# What moto calls a service otherwise than botocore.
MOTO_NAMES: dict[str, Any] = {"application-autoscaling": "applicationautoscaling", "service-quotas": "servicequotas"}


class MotoProvider:
    """What LocalStack asks for the state of a service."""

    def __init__(self, service: str) -> None:
        self.service = service

    def accept_state_visitor(self, visitor: Any) -> None:
        """Show the state, which is moto's."""
        visitor.visit(get_backend(MOTO_NAMES.get(self.service, self.service)))


def _answer(context: Any, _request: Any) -> Response:
    service = context.service.service_name
    answer = _ask_moto(service, context.request)
    if not answer:
        message = f"{service}.{context.operation.name} is not implemented by moto"
        raise CommonServiceException("NotImplemented", message, status_code=501)
    status, headers, content = answer
    return Response(content or None, status, headers)


def _ask_moto(service: str, request: Any) -> Any:
    """Do as LocalStack does with a request for moto, but for names that differ; nothing if moto has no such path."""
    path = get_full_raw_path(request)
    url = get_raw_current_url(request.scheme, request.host, request.root_path, path)
    try:
        return moto.get_dispatcher(MOTO_NAMES.get(service, service), path.partition("?")[0])(
            request, url, request.headers
        )
    except NotImplementedError:
        return None


def _service(name: str) -> Service:
    model = load_service(name)
    service = Service(name=name, skeleton=Skeleton(model, dict.fromkeys(model.operation_names, _answer)))
    service._provider = MotoProvider(name)
    return service


def _plugin(api: str, provider: str = "default") -> Any:
    def factory() -> Any:
        return ServicePluginAdapter(api=api, create_service=lambda: _service(api))

    return PluginSpec(NAMESPACE, f"{api}:{provider}", factory=factory)


# Each is an entry point of pyproject.toml. Those called "moto" are for what LocalStack serves itself: DynamoDB
# Local knows no keys, and the others keep, or expect of moto, something else than there is.
application_autoscaling = _plugin("application-autoscaling")
backup = _plugin("backup")
cloudwatch = _plugin("cloudwatch", "moto")
dynamodb = _plugin("dynamodb", "moto")
dynamodbstreams = _plugin("dynamodbstreams", "moto")
ecr = _plugin("ecr")
ecs = _plugin("ecs")
elbv2 = _plugin("elbv2")
kms = _plugin("kms", "moto")
logs = _plugin("logs", "moto")
service_quotas = _plugin("service-quotas")
servicediscovery = _plugin("servicediscovery")
wafv2 = _plugin("wafv2")
