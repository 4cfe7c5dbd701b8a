# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge: what policies in IAM's language say of one request. Pure; it knows neither moto nor the network."""
