#!/usr/bin/env python3
"""The static analyzer on honest packages, beside unpacking the same files with tar and unzip in the same run.

Every artifact is analysed as a worker does it: in a child process of its own, started, confined and ended for it.

    Benchmarks/analysis.py --jurat .build/release/jurat --benchmark .build/release/analysis-benchmark [--folder DIR]
"""

import argparse
import gzip
import io
import json
import pathlib
import random
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "Tests/Evaluation"))
import honest_packages  # noqa: E402


def unpacked_bytes(path):
    if path.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(path) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    with tarfile.open(path) as archive:
        return sum(member.size for member in archive)


def unpack(paths):
    """Seconds that plain unpacking to nowhere takes."""
    begin = time.perf_counter()
    for path in paths:
        tool = ["unzip", "-p", path] if path.suffix in (".whl", ".zip") else ["tar", "xOf", path]
        subprocess.run(tool, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def analyse(options, paths):
    """Seconds on the clock and of processor time for each path, and the highest memory of a child in megabytes."""
    done = subprocess.run(
        [options.benchmark, options.jurat], input="\n".join(map(str, paths)) + "\n", capture_output=True, text=True)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    if done.returncode != 0 or not lines or lines[-1][0] != "peak":
        sys.exit(f"analysis-benchmark failed: {done.stdout[-500:]}{done.stderr[-500:]}")
    return [(float(wall), float(cpu)) for _, wall, cpu in lines[:-1]], int(lines[-1][1]) / 1024


def source_package(folder, megabytes, seed=1):
    """An npm tarball of real source files, about so many megabytes unpacked."""
    pieces = [path for path in sorted(honest_packages.DEBIAN_NODE.rglob("*.js")) if 500 < path.stat().st_size < 300_000]
    random.Random(seed).shuffle(pieces)
    path = folder / f"source-{megabytes}.tgz"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        def add(name, content):
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))

        add("package.json", json.dumps({"name": "source", "version": "1.0.0"}).encode())
        left, index = megabytes * 1_000_000, 0
        while left > 0:
            content = pieces[index % len(pieces)].read_bytes()
            # Copies of one file must not be equal, or something might be remembered.
            add(f"lib/{index}.js", content + f"\n// {index}\n".encode())
            left -= len(content)
            index += 1
    path.write_bytes(gzip.compress(buffer.getvalue(), 6))
    return path


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def report(name, options, paths):
    megabytes = sum(map(unpacked_bytes, paths)) / 1e6
    plain = unpack(paths)
    times, peak = analyse(options, paths)
    wall, cpu = sum(t[0] for t in times), sum(t[1] for t in times)
    print(f"{name}: {len(paths)} artifacts, {megabytes:.0f} MB unpacked")
    print(f"  analysis {megabytes / cpu:7.1f} MB/s of one core ({megabytes / wall:.1f} on the clock), child start included")
    print(f"  tar      {megabytes / plain:7.1f} MB/s; analysis is at {plain / wall:.0%} of it")
    clock = [t[0] * 1000 for t in times]
    print(f"  one artifact: median {percentile(clock, 0.5):.1f} ms, p95 {percentile(clock, 0.95):.1f} ms; "
          f"highest memory of a child {peak:.0f} MB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jurat", required=True)
    parser.add_argument("--benchmark", required=True)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(".tools/evaluation"))
    options = parser.parse_args()
    report("PyPI", options, honest_packages.python_artifacts(options.folder / "pypi"))
    report("npm", options, honest_packages.node_artifacts(options.folder / "npm"))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        empty = folder / "empty.tgz"
        with tarfile.open(empty, "w:gz") as tar:
            content = b'{"name":"empty","version":"1.0.0"}'
            member = tarfile.TarInfo("package/package.json")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        times, _ = analyse(options, [empty] * 200)
        clock = [t[0] * 1000 for t in times]
        print(f"child: start to end for an empty package, median {percentile(clock, 0.5):.2f} ms, "
              f"p95 {percentile(clock, 0.95):.2f} ms")
        small, large = source_package(folder, 25), source_package(folder, 100)
        (first, _), (second, peak) = analyse(options, [small]), analyse(options, [large])
        ratio = unpacked_bytes(large) / unpacked_bytes(small)
        print(f"size: 25 MB {first[0][0]:.2f} s, 100 MB {second[0][0]:.2f} s: {second[0][0] / first[0][0]:.2f} times "
              f"for {ratio:.2f} times the bytes; child of 100 MB holds {peak:.0f} MB")


if __name__ == "__main__":
    main()
