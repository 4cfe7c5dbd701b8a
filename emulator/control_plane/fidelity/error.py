# SPDX-License-Identifier: GPL-3.0-or-later
"""The error that patches answer with."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class AwsError(ServiceException):
    """An AWS error by code and message; moto words it for the protocol of the service that was called."""
