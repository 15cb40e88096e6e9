"""How the releases of real Python projects fare when each is judged against the one before it.

Usage: histories.py --benchmark BINARY --jurat BINARY [--folder FOLDER] [--only PROJECT …] [--verbose] [--require]
       histories.py --choose PROJECT …

For every project of python-histories.txt, files of one kind (wheels of the same tags, source distributions) follow one
another as releases did. Each is compared with its base, as a chain of a gateway would: the newest older file that was
found clean. With --require the exit code says whether the rates are within what the project promises. --choose prints
lines for the listing: the newest final releases of the projects, as the index has them now.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys

import honest_packages

HERE = pathlib.Path(__file__).parent
LISTING = HERE / "python-histories.txt"
# Share of patch and minor steps that may be called suspicious; none may be called malicious.
BOUND = 0.06
LEAST_PROJECTS = 30
LEAST_STEPS = 100
# So many releases of a project are enough for some steps of each kind.
RELEASES = 5
# Larger files say no more and cost everyone's time.
LARGEST = 4 << 20


def choose(projects):
    """Lines for the listing: the newest releases of each project, oldest first, by kind of file."""
    from pip._internal.commands.download import DownloadCommand

    command = DownloadCommand("download", "")
    options, _ = command.parse_args(["all"])
    with command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(options, session)
        for project in projects:
            kinds = collections.defaultdict(dict)
            for candidate in finder.find_all_candidates(project):
                name, version = candidate.link.filename, candidate.version
                if version.is_prerelease or version.is_postrelease or version.is_devrelease:
                    continue
                if name.endswith("-none-any.whl"):
                    kinds["wheel"][version] = name
                elif name.endswith(".tar.gz"):
                    kinds["sdist"][version] = name
            for kind in ("sdist", "wheel"):
                newest = sorted(kinds[kind])[-RELEASES:]
                if len(newest) < 3:
                    continue
                for version in newest:
                    print(f"{project}=={version} {kinds[kind][version]}", flush=True)


def read_listing(listing=LISTING):
    """Project, kind and file of every line, in order."""
    for line in listing.read_text().splitlines():
        if line and not line.startswith("#"):
            project, name = line.split()
            yield project.split("==")[0], "wheel" if name.endswith(".whl") else "sdist", name


def histories(folder, only):
    """The files of each history, oldest first; those that are not there are fetched."""
    present = {path.name: path for path in honest_packages.python_artifacts(folder, LISTING)}
    found = collections.defaultdict(list)
    for project, kind, name in read_listing():
        small = name in present and present[name].stat().st_size <= LARGEST
        if small and (not only or project in only):
            found[project, kind].append(present[name])
    return {key: paths for key, paths in found.items() if len(paths) >= 3}


def judge(benchmark, jurat, paths_of):
    """One record for each release that has one before it, with project and kind."""
    text = "\n\n".join("\n".join(map(str, paths)) for paths in paths_of.values()) + "\n"
    done = subprocess.run([benchmark, jurat], input=text, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{benchmark} ended with {done.returncode}:\n{done.stderr}")
    owner = {str(path): key for key, paths in paths_of.items() for path in paths}
    first = {str(paths[0]) for paths in paths_of.values()}
    for line in done.stdout.splitlines():
        if not line.startswith("{"):
            sys.exit(line)
        record = json.loads(line)
        record["project"], record["kind"] = owner[record["path"]]
        record["isFirst"] = record["path"] in first
        yield record


def report(records, verbose):
    """Prints what became of the steps; returns the share of small steps that wait, how many block, and how many."""
    steps = [record for record in records if record["step"]]
    alone = [record for record in records if not record["step"] and not record["isFirst"]]
    for record in steps:
        name = pathlib.Path(record["path"]).name
        if record["verdict"] != "clean":
            print(f"{record['verdict']:<10} {record['step']:<6} {name} after {pathlib.Path(record['base']).name}")
            for finding in record["findings"][:6]:
                print(f"           {finding}")
        if verbose and (record["isFull"] or record["facts"]):
            sizes = f"{record['changedBytes']} bytes, {record['changedFiles']} files"
            print(f"{' '.join(record['triggers']) or 'diff':<10} {record['step']:<6} {name}: {sizes}")
            for fact in record["facts"][:8]:
                print(f"           {fact}")
    print()
    for kind in ("patch", "minor", "major"):
        these = [record for record in steps if record["step"] == kind]
        verdicts = collections.Counter(record["verdict"] for record in these)
        full = sum(record["isFull"] for record in these)
        told = ", ".join(f"{verdicts[word]} {word}" for word in ("clean", "suspicious", "malicious"))
        print(f"{kind:<6} {len(these):>4} steps: {told}; {full} reviewed in full")
    reasons = collections.Counter(trigger for record in steps for trigger in record["triggers"])
    rules = collections.Counter(finding.split()[0] for record in steps for finding in set(record["findings"]))
    print("reasons for a full review: " + ", ".join(f"{name} {count}" for name, count in reasons.most_common()))
    print("held by: " + (", ".join(f"{name} {count}" for name, count in rules.most_common()) or "nothing"))
    print(f"releases without a clean one before them: {len(alone)} "
          f"({sum(record['verdict'] != 'clean' for record in alone)} of them held by the static analysis alone)")
    small = [record for record in steps if record["step"] in ("patch", "minor")]
    waiting = sum(record["verdict"] == "suspicious" for record in small)
    blocked = sum(record["verdict"] == "malicious" for record in records)
    share = waiting / max(len(small), 1)
    print(f"patch and minor steps: {len(small)}, suspicious {waiting} ({share:.2%}), malicious {blocked}")
    return share, blocked, len(small)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--benchmark", help="the history-benchmark executable")
    parser.add_argument("--jurat", help="the binary whose confined children analyse")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(".tools/evaluation/histories"))
    parser.add_argument("--only", nargs="*", default=[], metavar="PROJECT")
    parser.add_argument("--choose", nargs="+", metavar="PROJECT", help="print lines for the listing, and nothing else")
    parser.add_argument("--verbose", action="store_true", help="every step with its facts")
    parser.add_argument("--require", action="store_true", help="fail beyond the promised rates")
    options = parser.parse_args()
    if options.choose:
        return choose(options.choose)
    if not options.benchmark or not options.jurat:
        parser.error("--benchmark and --jurat are needed to judge anything")
    paths_of = histories(options.folder, set(options.only))
    projects = {project for project, _ in paths_of}
    print(f"## Consecutive releases of {len(projects)} Python projects, {len(paths_of)} histories\n")
    share, blocked, steps = report(list(judge(options.benchmark, options.jurat, paths_of)), options.verbose)
    failures = [share > BOUND, blocked > 0, len(projects) < LEAST_PROJECTS, steps < LEAST_STEPS]
    if options.require and any(failures):
        sys.exit("beyond the promised rates, or too few releases to say anything")


if __name__ == "__main__":
    main()
