#!/usr/bin/env python3
"""Differences of consecutive releases, beside `diff -r` on the unpacked trees of the same artifacts in the same run.

`diff -r` finds its trees unpacked; ours are unpacked, hashed and compared. Both write all lines that differ. Aims are
held against processor time, so that a busy machine changes little. Hostile pairs are made here, in two sizes.

    Benchmarks/differences.py --benchmark .build/release/difference-benchmark [--folder DIR]
"""

import argparse
import gzip
import io
import pathlib
import random
import re
import resource
import subprocess
import sys
import tarfile
import tempfile
import zipfile

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "Tests/Evaluation"))
import honest_packages  # noqa: E402


def pairs(folder):
    """Consecutive releases of one project and kind, in the order of the listing."""
    paths = honest_packages.python_artifacts(folder, HERE / "releases.txt")
    latest, found = {}, []
    for path in paths:
        key = (re.split(r"-\d", path.name)[0], path.suffix)
        if key in latest:
            found.append((latest[key], path))
        latest[key] = path
    return found


def unpack(path, folder):
    """Unpacks an artifact and returns the folder that holds its tree; the version's own folder is left out."""
    folder.mkdir()
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        for own in folder.glob("*.dist-info"):
            own.rename(folder / "dist-info")
        return folder
    with tarfile.open(path) as archive:
        archive.extractall(folder, filter="tar")
    inner = list(folder.iterdir())
    return inner[0] if len(inner) == 1 else folder


def processor(command, allowed=(0,)):
    """Seconds of processor time of a command whose output goes nowhere."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if done.returncode not in allowed:
        sys.exit(f"{command} failed with {done.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(benchmark, found):
    """Of each pair seconds to read, to compare and to write, then counts; at last the highest memory in megabytes."""
    lines = "".join(f"{old}\t{new}\n" for old, new in found)
    done = subprocess.run([benchmark], input=lines, capture_output=True, text=True)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(rows) != len(found) + 1 or rows[-1][0] != "peak":
        sys.exit(f"difference-benchmark failed: {done.stdout[-500:]}{done.stderr[-500:]}")
    return [tuple(map(float, row)) for row in rows[:-1]], int(rows[-1][1]) / 1024


def row(what, value, aim="", is_met=True):
    mark = "" if not aim else "ok   " if is_met else "MISS "
    print(f"  {what:<44}{value:<40}{mark}{aim}", flush=True)


def releases(options, folder):
    found = pairs(options.folder / "releases")
    size, plain, unpacking, rows = 0, [], 0, []
    rounds = [compare(options.benchmark, found) for _ in range(3)]
    best = [min(candidates, key=lambda row: sum(row[:3])) for candidates in zip(*(times for times, _ in rounds))]
    for number, (old, new) in enumerate(found):
        trees = [unpack(path, folder / f"{number}-{side}") for side, path in (("old", old), ("new", new))]
        size += sum(path.stat().st_size for tree in trees for path in tree.rglob("*") if path.is_file())
        command = ["diff", "-r", "-u", "-N", "--", *map(str, trees)]
        plain.append(min(processor(command, (0, 1, 2)) for _ in range(3)))
        for path in (old, new):
            unpacking += processor(["unzip", "-p", path] if path.suffix == ".whl" else ["tar", "xOf", path])
    ours = [sum(times[:3]) for times in best]
    print(f"consecutive releases: {len(found)} pairs, {size / 1e6:.0f} MB unpacked")
    share = sum(ours) / sum(plain)
    row("diff -r on the unpacked trees", f"{sum(plain):.2f} s")
    row("ours, from the archives to the text", f"{sum(ours):.2f} s, {share:.2f} times", "1.5 times or less", share <= 1.5)
    row("  of that unpacking, hashing, telling kinds", f"{sum(times[0] for times in best):.2f} s")
    row("  of that comparing and writing", f"{sum(times[1] + times[2] for times in best):.2f} s")
    row("unpacking by tar and unzip, then diff -r", f"{sum(plain) + unpacking:.2f} s")
    worst = sorted(mine / max(theirs, 0.002) for mine, theirs in zip(ours, plain))
    row("one pair", f"median {worst[len(worst) // 2]:.2f} times, worst {worst[-1]:.2f} times")
    peak = max(memory for _, memory in rounds)
    row("highest memory, one pair after the other", f"{peak:.0f} MB", "400 MB or less", peak <= 400)


def package(path, files):
    """An npm tarball of files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files:
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    path.write_bytes(gzip.compress(buffer.getvalue(), 1))
    return path


def hostile():
    """Pairs of file lists that are hard to compare, as functions of a size in lines or files."""
    def lines(make):
        return lambda count: tuple([("a.js", "".join(make(count, side)).encode())] for side in (0, 1))

    def permuted(count, side):
        found = [f"let value{index} = {index};\n" for index in range(count)]
        random.Random(side).shuffle(found)
        return found

    def few(count, side):
        return random.Random(side).choices([f"line {index}\n" for index in range(5)], k=count)

    def long(count, side):
        found = ["x" * 5000 + "\n"] * (count // 50)
        return found + ["y\n"] * side + found

    def renamed(count):
        text = [(f"{index}.js", "".join(f"let v{index} = {n};\n" for n in range(8)).encode()) for index in range(count // 4)]
        return [(f"a/{name}", content) for name, content in text], [
            (f"b/x{name}", content + b"let more = 1;\n") for name, content in text]

    def same(count):
        return tuple([(f"{side}/{index}.js", b"same\n") for index in range(count // 4)] for side in "ab")

    return {
        "permuted lines": lines(permuted),
        "five different lines at random": lines(few),
        "identical long lines": lines(long),
        "lines that are all others": lines(lambda count, side: [f"{side} {index}\n" for index in range(count)]),
        "one long line": lines(lambda count, side: ["x" * count * 20 + str(side)]),
        "files renamed and changed, all at once": renamed,
        "files of one content renamed": same,
    }


def costs(options, folder):
    print("hostile pairs: processor time for four times the size")
    for name, make in hostile().items():
        found = []
        for size in (50_000, 200_000):
            old, new = make(size)
            found.append((package(folder / f"old-{size}.tgz", old), package(folder / f"new-{size}.tgz", new)))
        rounds = [compare(options.benchmark, found) for _ in range(3)]
        once, four = (min(sum(times[index][:3]) for times, _ in rounds) for index in (0, 1))
        # Less than that is the start of the process and what caches hold.
        grown = four / max(once, 0.04)
        row(name, f"{grown:5.2f} times, {four:.2f} s, {rounds[0][1]:.0f} MB", "6 times or less", grown <= 6)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--benchmark", required=True)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(".tools/evaluation"))
    parser.add_argument("--only", choices=["releases", "costs"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if options.only in (None, "releases"):
            releases(options, pathlib.Path(name))
        if options.only in (None, "costs"):
            costs(options, pathlib.Path(name))


if __name__ == "__main__":
    main()
