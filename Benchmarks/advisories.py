#!/usr/bin/env python3
"""Advisories: importing, refreshing, opening and asking, beside a plain Python reader of the same bundle.

Each step runs in a process of its own, so that its highest memory is its own. Needs only the standard library.

    Benchmarks/advisories.py --benchmark .build/release/advisory-benchmark [--records 220000]
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile


def child(arguments):
    """Runs a step; returns what it said, with the highest memory it held in megabytes."""
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))} failed with {process.returncode}")
    result = {name: float(value) for name, value in (line.split() for line in output.splitlines())}
    result["peak_mb"] = usage.ru_maxrss / 1024
    return result


def plain_reader(bundle):
    """What a script would do: every record into a dictionary of package name to ranges and versions, then look-ups."""
    begin = time.perf_counter()
    packages = {}
    with zipfile.ZipFile(bundle) as archive:
        for name in archive.namelist():
            record = json.loads(archive.read(name))
            if record.get("withdrawn"):
                continue
            for affected in record.get("affected", []):
                if affected["package"]["ecosystem"] == "npm":
                    packages.setdefault(affected["package"]["name"], []).append(
                        (record["id"], affected.get("ranges", []), frozenset(affected.get("versions", ()))))
    print("seconds", time.perf_counter() - begin)
    names = list(packages)[:30_000]
    questions = [(name + suffix, "1.0.0") for name in names for suffix in ("", "x")]

    def key(text):
        return tuple(int(part) for part in text.split("-")[0].split("."))

    def is_inside(version, events):
        inside = False
        for event in events:
            if "introduced" in event and (event["introduced"] == "0" or version >= key(event["introduced"])):
                inside = True
            if "fixed" in event and version >= key(event["fixed"]):
                inside = False
        return inside

    begin = time.perf_counter()
    found = 0
    for name, text in questions:
        for identifier, ranges, versions in packages.get(name, ()):
            if text in versions or (ranges and any(is_inside(key(text), each["events"]) for each in ranges)):
                found += 1
    print("rate", len(questions) / (time.perf_counter() - begin))
    print("matches", found)


def row(what, value, unit, aim, is_at_most, plain=None):
    is_met = value <= aim if is_at_most else value >= aim
    digits = 0 if value >= 1000 else 1 if value >= 10 else 3
    beside = ""
    if plain is not None:
        ratio = plain / value if is_at_most else value / plain
        beside = f"{plain:,.{0 if plain >= 1000 else 1}f} {unit} ({ratio:.1f}x)"
    print(f"{what:<34}{value:>12,.{digits}f} {unit:<6}{'≤' if is_at_most else '≥'} {aim:<10,} "
          f"{'met' if is_met else 'MISSED':<8}{beside}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--benchmark")
    parser.add_argument("--records", type=int, default=220_000)
    parser.add_argument("--plain", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.plain:
        return plain_reader(options.plain)
    binary = str(pathlib.Path(options.benchmark).resolve())
    folder = pathlib.Path(tempfile.mkdtemp(prefix="advisory-benchmark-", dir="."))
    try:
        first, second, index = str(folder / "first.zip"), str(folder / "second.zip"), str(folder / "advisories")
        for path, changed in ((first, 0), (second, 1)):
            child([binary, "generate", path, str(options.records), str(changed)])
        size = os.path.getsize(first) / (1 << 20)
        print(f"advisories: {options.records:,} npm records of the public shape, a bundle of {size:.0f} MB")
        print(f"{'':<34}{'jurat':>12} {'':<6}{'aim':<12} {'':<8}plain Python")
        full = child([binary, "import", index, first])
        plain = child([sys.executable, __file__, "--plain", first])
        refresh = child([binary, "import", index, second])
        opening = child([binary, "open", index])
        lookups = child([binary, "lookups", index, str(options.records)])
        row("full import", full["seconds"], "s", 8, True, plain["seconds"])
        row("  highest memory", full["peak_mb"], "MB", 400, True, plain["peak_mb"])
        row(f"refresh, {refresh['reread']:,.0f} records changed", refresh["seconds"], "s", 2, True, plain["seconds"])
        row("  highest memory", refresh["peak_mb"], "MB", 400, True, plain["peak_mb"])
        row("open the index", opening["seconds"] * 1000, "ms", 50, True, plain["seconds"] * 1000)
        row("look-ups on one core", lookups["rate"], "/s", 1_000_000, False, plain["rate"])
        row("held after 1.8 million look-ups", lookups["resident_kb"] / 1024, "MB", 150, True, plain["peak_mb"])
        print(f"listing of 1,000 versions, {lookups['listing_records']:.0f} records, {lookups['listing_matches']:.0f} "
              f"matches: {lookups['listing_us'] / 1000:.2f} ms, "
              f"{lookups['listing_at_once_us'] / 1000:.2f} ms with one look-up of the package")
        print(f"index file {os.path.getsize(index + '/index') / (1 << 20):.0f} MB; "
              f"{full['kept']:,.0f} records kept, {full['skipped']:,.0f} skipped")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
