# SPDX-License-Identifier: GPL-3.0-or-later
"""What pages say can be done: their links lead somewhere, and their code blocks are as the checkout is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.unit.house.checkout import ROOT, files, load, shown
from tests.unit.house.documents import Block, anchors, blocks, commands, headings, links
from website.sources import DeadLinkError, pages, rewritten

PAGES = [ROOT / page for page in pages()]
INPUT = re.compile(r"(?:palisade|network|security|data|ecs_service)_\w+")
# What others say, word for word.
FOREIGN = {"Ansible is being run in a world writable directory"}


@cache
def inputs() -> frozenset[str]:
    """Return the inputs of the roles and playbooks."""
    known: set[str] = set()
    for role in ROOT.glob("roles/*/meta/argument_specs.yml"):
        known |= load(role)["argument_specs"]["main"]["options"].keys()
    shared = (ROOT / "plugins" / "plugin_utils" / "_known_inputs.py").read_text(encoding="utf-8")
    return frozenset(known | set(INPUT.findall(shared)))


def link_complaints(page: Path, text: str) -> Iterator[str]:
    for file, anchor in links(text):
        target = (page.parent / file).resolve() if file else page
        if not target.exists():
            yield f"there is no {file}"
        elif anchor and anchor not in anchors(target.read_text(encoding="utf-8")):
            yield f"{file} has no {anchor}"


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def command_complaints(words: list[str]) -> Iterator[str]:
    arguments = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    if words[0] == "make":
        yield from (f"make has no {word}" for word in arguments if word not in targets())
    if words[0] == "ansible-playbook":
        ours = [re.sub(r"^palisade\.ecs\.(\w+)$", r"playbooks/\1.yml", word) for word in arguments]
        missing = [word for word in ours if word.endswith(".yml") and not (ROOT / word).is_file()]
        yield from (f"there is no playbook {word}" for word in missing)
    inventory = words[words.index("-i") + 1] if "-i" in words else ""
    if inventory.startswith("inventories/") and not (ROOT / inventory).is_dir():
        yield f"there is no {inventory}"


def block_complaints(block: Block) -> Iterator[str]:
    if block.language == "json":
        json.loads(block.text)
    if block.language in ("yaml", "yml"):
        (document,) = yaml.safe_load_all(block.text)
        names = set(document) if isinstance(document, dict) else set()
        ours = {name for name in names if INPUT.fullmatch(str(name))}
        yield from (f"there is no input {name}" for name in sorted(ours - inputs()))
    for words in commands(block):
        yield from command_complaints(words)


def said() -> str:
    """Return all that the collection and the embedded AWS can say, and the names of errors of AWS."""
    texts = files((".yml", ".py", ".j2"), "roles", "playbooks", "plugins", "emulator")
    return " ".join(" ".join(path.read_text(encoding="utf-8").split()) for path in texts)


def test_there_are_pages() -> None:
    assert {"README.md", "docs/first-deployment.md", "docs/adr/README.md", "roles/data/README.md"} <= set(
        map(shown, PAGES)
    )


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_links_lead_somewhere(page: Path) -> None:
    assert list(link_complaints(page, page.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_code_blocks_are_as_the_checkout_is(page: Path) -> None:
    found = [complaint for block in blocks(page.read_text(encoding="utf-8")) for complaint in block_complaints(block)]
    assert found == []


def test_messages_are_explained_as_they_are_printed() -> None:
    explained = headings((ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8"), level=3)
    assert len(explained) > 10
    everything = said()
    assert [message for message in explained if message not in everything and message not in FOREIGN] == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("see [this](nothing.md)", "there is no nothing.md"),
        ("see [this](docs/restore.md#nothing)", "docs/restore.md has no nothing"),
        ("see [this](#nothing)", " has no nothing"),
    ],
)
def test_dead_link_is_found(text: str, complaint: str) -> None:
    assert list(link_complaints(ROOT / "README.md", text)) == [complaint]


@pytest.mark.parametrize(
    ("language", "text", "complaint"),
    [
        ("", "make everything ENV=dev\n", "make has no everything"),
        ("bash", "cd x && make setup || make nothing   # done\n", "make has no nothing"),
        ("", "ansible-playbook -i inventories/dev playbooks/deply.yml\n", "there is no playbook playbooks/deply.yml"),
        ("", "ansible-playbook palisade.ecs.sit\n", "there is no playbook playbooks/sit.yml"),
        ("", "ansible-playbook -i inventories/test site.yml\n", "there is no inventories/test"),
        ("yaml", "data_partition_kee: 1\n", "there is no input data_partition_kee"),
    ],
)
def test_block_that_is_not_as_the_checkout_is_is_found(language: str, text: str, complaint: str) -> None:
    assert list(block_complaints(Block(language, text))) == [complaint]


def test_links_of_the_site_lead_to_pages_and_else_to_the_repository() -> None:
    page, known = Path("docs/one.md"), {Path("docs/one.md"), Path("roles/data/README.md")}
    text = "[a](../roles/data) [b](../galaxy.yml) [c](adr) [d](https://example.com) [e](#f)\n```\n[g](h)\n```\n"
    assert rewritten(page, text, known) == (
        "[a](../roles/data/README.md) [b](https://github.com/palisade/palisade.ecs/blob/main/galaxy.yml) "
        "[c](https://github.com/palisade/palisade.ecs/tree/main/docs/adr) [d](https://example.com) [e](#f)\n"
        "```\n[g](h)\n```\n"
    )
    with pytest.raises(DeadLinkError):
        rewritten(page, "[a](nothing.md)", known)


def test_every_guide_is_in_the_contents_of_the_site() -> None:
    contents = (ROOT / "website" / "index.md").read_text(encoding="utf-8").splitlines()
    guides = {f"docs/{page.stem}" for page in (ROOT / "docs").glob("*.md")}
    assert guides
    assert guides <= set(contents)
