# SPDX-License-Identifier: GPL-3.0-or-later
"""CloudWatch's part of the embedded AWS: what the load balancer did, as metrics, and alarms that look at them."""
