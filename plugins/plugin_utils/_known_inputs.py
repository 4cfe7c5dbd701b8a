# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Find variables that look like inputs of the collection but are none: pure functions over names."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

# These prefixes are ours alone. `network_`, `security_`, `data_` and `restore_` may begin a user's own variables too,
# so there only a near miss is taken for a misspelling.
OUR_PREFIXES = ("palisade_", "ecs_service_")
SHARED_PREFIXES = ("network_", "security_", "data_", "restore_")
# Those of playbooks/restore.yml.
RESTORE_INPUTS = (
    "restore_check_command",
    "restore_cut_over",
    "restore_generation",
    "restore_report_file",
    "restore_time",
    "restore_wait_timeout",
)
SHARED_INPUTS = (
    "palisade_account_id",
    "palisade_ca_file",
    "palisade_domain",
    "palisade_endpoint_url",
    "palisade_environment",
    "palisade_name",
    "palisade_next_steps",
    "palisade_outputs_file",
    "palisade_partition",
    "palisade_region",
    "palisade_service",
    "palisade_table_generation",
    "palisade_tags",
    "palisade_task_environment",
)
OUTPUTS = ("network_outputs", "security_outputs", "data_outputs", "ecs_service_outputs")


def unknown_inputs(variables: Iterable[str], options: Iterable[str]) -> list[str]:
    """Return a sentence for each variable that is no input, with the input that may have been meant."""
    known = {*options, *SHARED_INPUTS, *RESTORE_INPUTS, *OUTPUTS}
    strangers = sorted(
        name for name in variables if name.startswith(OUR_PREFIXES + SHARED_PREFIXES) and name not in known
    )
    return [sentence for name in strangers if (sentence := _sentence(name, known))]


def _sentence(name: str, known: set[str]) -> str:
    prefix = next(prefix for prefix in OUR_PREFIXES + SHARED_PREFIXES if name.startswith(prefix))
    # The prefix that all share is no likeness.
    endings = [one.removeprefix(prefix) for one in known if one.startswith(prefix)]
    guess = get_close_matches(name.removeprefix(prefix), endings, n=1, cutoff=0.8)
    if guess:
        return f"{name} is not an input; did you mean {prefix}{guess[0]}?"
    if prefix in OUR_PREFIXES:
        return f"{name} is not an input; the inputs are listed in meta/argument_specs.yml of each role."
    return ""
