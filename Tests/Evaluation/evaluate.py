"""How many honest packages the static analyzer would hold or block, each with its cause.

Usage: evaluate.py --jurat BINARY [--folder FOLDER] [--installed] [--set NAME=FOLDER …] [--only-sets] [--require]
With --require the exit code says whether the rates are within what the project promises.
With --installed it needs no network: wheels of what is installed beside this interpreter, and a part of Debian's Node
packages.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import time

import honest_packages

# Share of artifacts that may be called suspicious; none may be called malicious.
BOUNDS = {"PyPI": 0.05, "npm": 0.03}
# Fewer artifacts say nothing about a rate; a check of what is installed here is no measurement.
LEAST = 150
LEAST_INSTALLED = 20
# Every so many of Debian's packages are enough for such a check.
INSTALLED_STEP = 8


def scan(jurat, paths):
    """One report for each path, in order; reports come as lines of JSON."""
    command = [jurat, "scan", "-o", "jsonl", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"jurat scan ended with {done.returncode}:\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def describe(report):
    """The causes of a verdict: its gravest findings."""
    for finding in report["findings"]:
        if finding["severity"] == report["verdict"]:
            place = finding.get("path") or "archive"
            line = f":{finding['line']}" if finding.get("line") else ""
            yield f"{finding['rule']} {place}{line} ×{finding.get('count', 1)}: {finding['message']}"


def evaluate(name, jurat, paths):
    """Prints the report of one set and returns the share that is suspicious, and how many are malicious or unread."""
    started = time.monotonic()
    reports = scan(jurat, paths)
    seconds = time.monotonic() - started
    verdicts = collections.Counter(report["verdict"] for report in reports)
    print(f"\n## {name}: {len(reports)} artifacts of {len(paths)}, {seconds:.1f} s")
    rules = collections.Counter()
    for report in reports:
        for rule in {f["rule"] for f in report["findings"] if f["severity"] != "info"}:
            rules[rule] += 1
        if report["verdict"] == "clean":
            continue
        print(f"{report['verdict']:<10} {pathlib.Path(report['input']).name}")
        for cause in list(describe(report))[:6]:
            print(f"           {cause}")
    for verdict in ("clean", "suspicious", "malicious"):
        print(f"{verdict:<10} {verdicts[verdict]:>5}  {verdicts[verdict] / max(len(reports), 1):.2%}")
    unread = len(paths) - sum(verdicts[v] for v in ("clean", "suspicious", "malicious"))
    print(f"unread     {unread:>5}")
    print("by rule    " + ", ".join(f"{rule} {count}" for rule, count in rules.most_common()))
    return verdicts["suspicious"] / max(len(reports), 1), verdicts["malicious"], unread


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jurat", required=True, help="the binary")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(".tools/evaluation"))
    further = "further artifacts; the first word of NAME says which bound holds for them"
    parser.add_argument("--set", action="append", default=[], metavar="NAME=FOLDER", help=further)
    parser.add_argument("--installed", action="store_true", help="only what is on this machine already")
    parser.add_argument("--only-sets", action="store_true", help="only the sets that are given")
    parser.add_argument("--require", action="store_true", help="fail beyond the promised rates")
    options = parser.parse_args()
    sets = []
    if options.installed:
        sets = [
            ("PyPI", honest_packages.installed_wheels(options.folder / "installed")),
            ("npm", honest_packages.node_artifacts(options.folder / "npm", step=INSTALLED_STEP)),
        ]
    elif not options.only_sets:
        sets = [
            ("PyPI", honest_packages.python_artifacts(options.folder / "pypi")),
            ("npm", honest_packages.node_artifacts(options.folder / "npm")),
        ]
    measured = {name for name, _ in sets}
    least = LEAST_INSTALLED if options.installed else LEAST
    for text in options.set:
        name, _, folder = text.partition("=")
        sets.append((name, sorted(path for path in pathlib.Path(folder).iterdir() if path.is_file())))
    failures = []
    for name, paths in sets:
        suspicious, malicious, unread = evaluate(name, options.jurat, paths)
        if malicious or unread or suspicious > BOUNDS.get(name.split(" ")[0], 1):
            failures.append(name)
        if name in measured and len(paths) < least:
            failures.append(f"{name} ({len(paths)} artifacts are too few)")
    if failures and options.require:
        sys.exit(f"beyond the promised rates: {', '.join(failures)}")


if __name__ == "__main__":
    main()
