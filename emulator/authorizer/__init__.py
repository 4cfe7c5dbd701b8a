# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a call: its way through the VPC, and what policies say of it.

`policy` judges one request by policies in IAM's language, `path` finds a way through a network; both are pure. Only
`vpc_state` and `inventory` read moto.
"""
