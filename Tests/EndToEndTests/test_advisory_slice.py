"""Every record of a real slice of the public bundles, where one is at hand: what it lists matches, neighbours do not."""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections import defaultdict
from pathlib import Path
from urllib.parse import quote

import pytest
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from support.server import REPOSITORY

SLICE = Path(os.environ.get("JURAT_SHARED", REPOSITORY.parent / "shared")) / "data" / "osv"
NEIGHBOURS_OF_PACKAGE = 24
# Some records list every release of a project. Without this variable the first and last few of each list are asked about:
# the evaluation in Python, not the asking, takes minutes for all of them.
LISTED_OF_RECORD = None if os.environ.get("JURAT_WHOLE_SLICE") else 3

pytestmark = pytest.mark.skipif(not SLICE.exists(), reason="no slice of the public bundles on this machine")


class SemanticVersion:
    """Precedence as semver.org defines it."""

    FORM = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")

    def __init__(self, text: str) -> None:
        match = self.FORM.fullmatch(text)
        if not match:
            raise InvalidVersion(text)
        numbers = tuple(int(part) for part in match.group(1, 2, 3))
        identifiers = match.group(4).split(".") if match.group(4) else []
        key = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in identifiers)
        self.key = (numbers, not identifiers, key)

    def __lt__(self, other: "SemanticVersion") -> bool:
        return self.key < other.key

    def __le__(self, other: "SemanticVersion") -> bool:
        return self.key <= other.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SemanticVersion) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


class Ecosystem:
    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.parse = SemanticVersion if folder == "npm" else Version

    def name(self, text: str) -> str:
        return text if self.folder == "npm" else canonicalize_name(text)

    def purl(self, package: str, version: str) -> str:
        path = "/".join(quote(part, safe="") for part in package.split("/"))
        return f"pkg:{'npm' if self.folder == 'npm' else 'pypi'}/{path}@{quote(version, safe='')}"

    def version(self, text: str):
        """The version, or None for what the ecosystem cannot name."""
        try:
            return self.parse(text)
        except InvalidVersion:
            return None

    def records(self):
        with zipfile.ZipFile(SLICE / self.folder / "all.zip") as archive:
            for name in archive.namelist():
                yield json.loads(archive.read(name))

    def neighbours(self, text: str):
        """Versions beside one: the next, the one before where there is one, and a pre-release of it."""
        numbers = re.match(r"\d+(?:\.\d+)*", text)
        if not numbers:
            return
        parts = numbers.group().split(".")
        yield ".".join([*parts[:-1], str(int(parts[-1]) + 1)])
        if int(parts[-1]) > 0:
            yield ".".join([*parts[:-1], str(int(parts[-1]) - 1)])
        yield numbers.group() + ("-0" if self.folder == "npm" else ".dev0")
        yield f"{int(parts[0]) + 1000}.0.0"


class Affected:
    """Which versions of one package one record is about, read straight from the specification's evaluation."""

    def __init__(self, ecosystem: Ecosystem, entry: dict) -> None:
        self.listed = {v for v in map(ecosystem.version, entry.get("versions") or []) if v is not None}
        self.ranges = []
        for range_ in entry.get("ranges") or []:
            if range_["type"] not in ("SEMVER", "ECOSYSTEM"):
                continue
            events = [next(iter(event.items())) for event in range_["events"]]
            parsed = [(kind, None if text == "0" else ecosystem.version(text), text) for kind, text in events]
            # A boundary that cannot be placed makes the whole range one that this does not judge.
            self.ranges.append(None if any(v is None and text != "0" for _, v, text in parsed) else parsed)

    @property
    def is_judged(self) -> bool:
        return None not in self.ranges

    def contains(self, version) -> bool:
        return version in self.listed or any(self._is_in(range_, version) for range_ in self.ranges)

    @staticmethod
    def _is_in(range_, version) -> bool:
        is_affected = False
        first = [event for event in range_ if event[1] is None]
        rest = [event for event in range_ if event[1] is not None]
        ordered = first + sorted(rest, key=lambda event: event[1])
        for kind, boundary, _ in ordered:
            if kind == "introduced" and (boundary is None or boundary <= version):
                is_affected = True
            elif kind == "fixed" and boundary <= version:
                is_affected = False
            elif kind == "last_affected" and boundary < version:
                is_affected = False
        return is_affected


@pytest.mark.parametrize("folder", ["npm", "PyPI"])
def test_every_record_matches_what_it_lists_and_no_neighbour(deploy, folder):
    ecosystem = Ecosystem(folder)
    by_package: dict[str, list[tuple[str, Affected]]] = defaultdict(list)
    questions: dict[str, dict[str, None]] = defaultdict(dict)
    for record in ecosystem.records():
        for entry in record.get("affected", []):
            if entry.get("package", {}).get("ecosystem") != folder:
                continue
            package = ecosystem.name(entry["package"]["name"])
            if not record.get("withdrawn"):
                by_package[package].append((record["id"], Affected(ecosystem, entry)))
            listed = [text for text in entry.get("versions") or [] if ecosystem.version(text)]
            if LISTED_OF_RECORD is not None and len(listed) > 2 * LISTED_OF_RECORD:
                listed = listed[:LISTED_OF_RECORD] + listed[-LISTED_OF_RECORD:]
            boundaries = [text for r in entry.get("ranges") or [] for e in r["events"] for text in e.values()]
            questions[package].update(dict.fromkeys(listed))
            near = [n for text in (listed + boundaries)[-8:] if ecosystem.version(text) for n in ecosystem.neighbours(text)]
            placed = [text for text in boundaries if text != "0" and ecosystem.version(text)]
            questions[package].update(dict.fromkeys([*placed, *near[:NEIGHBOURS_OF_PACKAGE]]))

    server = deploy(npm="http://127.0.0.1:9/")
    server.run("init")
    server.run("advisories", "import", f"{ecosystem.purl('x', '1')[4:].split('/')[0]}={SLICE / folder / 'all.zip'}")
    asked = [(package, version) for package, versions in questions.items() for version in versions]
    purls = [ecosystem.purl(package, version) for package, version in asked]
    output = server.run("advisories", "query", "-", "-o", "jsonl", input="\n".join(purls) + "\n", expect=None).stdout
    answers = [json.loads(line) for line in output.splitlines()]
    assert len(answers) == len(asked)

    wrong, hits, misses = [], 0, 0
    for (package, text), answer in zip(asked, answers):
        version = ecosystem.version(text)
        found = [{one["id"], *one["aliases"]} for one in answer["advisories"]]
        names = set().union(*found)
        known = by_package[package]
        expected = {id_ for id_, affected in known if affected.is_judged and affected.contains(version)}
        unjudged = {id_ for id_, affected in known if not affected.is_judged}
        hits, misses = hits + bool(expected), misses + (not expected)
        if not expected <= names:
            wrong.append(f"{package} {text}: {sorted(expected - names)} is missing")
        surplus = [one for one in found if not one & (expected | unjudged)]
        if surplus:
            wrong.append(f"{package} {text}: {surplus} should not match")
    print(f"{folder}: {len(by_package)} packages, {hits} versions that match, {misses} that do not")
    assert not wrong, f"{len(wrong)} of {len(asked)}: " + "; ".join(wrong[:20])
    assert hits > 1000 and misses > 1000
