#!/usr/bin/env python3
"""The static analyzer on honest packages, beside unpacking the same files with tar and unzip in the same run.

Every artifact is analysed as a worker does it: in a child process of its own, started, confined and ended for it.
Aims are held against processor time, so that a busy machine changes little.

    Benchmarks/analysis.py --jurat .build/release/jurat --benchmark .build/release/analysis-benchmark [--folder DIR]
"""

import argparse
import gzip
import io
import pathlib
import random
import resource
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
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
    """Seconds of processor time that plain unpacking to nowhere takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for path in paths:
        tool = ["unzip", "-p", path] if path.suffix in (".whl", ".zip") else ["tar", "xOf", path]
        subprocess.run(tool, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def analyse(options, paths, alone=False):
    """Seconds on the clock and of the processor for each path, processor time of all, highest memory in megabytes.

    Processor time of one path is known only when each is analysed alone.
    """
    command = [options.benchmark, options.jurat] + (["--alone"] if alone else [])
    done = subprocess.run(command, input="\n".join(map(str, paths)) + "\n", capture_output=True, text=True)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(lines) < 2 or lines[-1][0] != "peak":
        sys.exit(f"analysis-benchmark failed: {done.stdout[-500:]}{done.stderr[-500:]}")
    times = [(float(wall), float(cpu)) for _, wall, cpu in lines[:-2]]
    return times, float(lines[-2][1]), int(lines[-1][1]) / 1024


def pieces(folder, ending, least=500, most=300_000, seed=1):
    """Real files, in an order of their own."""
    found = [path for path in sorted(folder.rglob(f"*{ending}")) if path.is_file()]
    found = [path for path in found if least < path.stat().st_size < most]
    random.Random(seed).shuffle(found)
    return [path.read_bytes() for path in found[:2000]]


def filled(parts, count, mark):
    """So many bytes of parts in a row; copies of one part are not equal, or something might be remembered."""
    text, index = bytearray(), 0
    while len(text) < count:
        text += parts[index % len(parts)] + f"\n{mark} {index}\n".encode()
        index += 1
    return bytes(text[:count])


def package(path, files):
    """An npm tarball of files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in [("package.json", b'{"name":"shape","version":"1.0.0"}'), *files]:
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    path.write_bytes(gzip.compress(buffer.getvalue(), 6))
    return path


def shapes(folder, script, python):
    """Packages that are hard for something, as functions of a size in bytes."""
    def files(parts, ending, mark):
        def make(size):
            found, index, left = [], 0, size
            while left > 0:
                content = parts[index % len(parts)] + f"\n{mark} {index}\n".encode()
                found.append((f"lib/{index}{ending}", content))
                left -= len(content)
                index += 1
            return found
        return make

    def line(template):
        def make(size):
            count = size // len(template.format(10000))
            return [("index.js", "".join(template.format(index) for index in range(count)).encode())]
        return make

    def tiny(size):
        return [(f"lib/a{index // 100}/f{index}.js", b"exports.a = 1\n") for index in range(size // 100)]

    return {
        "JavaScript files": (8_000_000, files(script, ".js", "//")),
        "Python files": (8_000_000, files(python, ".py", "#")),
        "one JavaScript file": (1_500_000, lambda size: [("index.js", filled(script, size, "//"))]),
        "one Python file": (1_500_000, lambda size: [("index.py", filled(python, size, "#"))]),
        "tiny files": (300_000, tiny),
        "one long line": (1_000_000, line("a({0},'b{0}');")),
        "strings": (1_000_000, line("x.push('https://example.org/{0}/some/path', \"value {0}\");\n")),
        "decoded arguments": (600_000, line("run(Buffer.from('aGVsbG8gd29ybGQ{0:05}', 'base64').toString());\n")),
        "concatenation": (600_000, line("var v{0} = 'a' + 'b{0}' + v0 + 'c';\n")),
        "nested calls": (600_000, line("f{0}(g(h({0}, k(require('m{0}').n))));\n")),
    }


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def report(name, options, paths):
    megabytes = sum(map(unpacked_bytes, paths)) / 1e6
    plain = unpack(paths)
    times, total, peak = analyse(options, paths)
    alone, _, _ = analyse(options, paths, alone=True)
    print(f"{name}: {len(paths)} artifacts, {megabytes:.0f} MB unpacked")
    row("one core, child start included", f"{megabytes / total:7.1f} MB/s", "60 MB/s or more", megabytes / total >= 60)
    row("tar and unzip on the same files", f"{megabytes / plain:7.1f} MB/s", "")
    row("of their speed", f"{plain / total:7.0%}", "35 % or more", plain / total >= 0.35)
    own = [cpu * 1000 for _, cpu in alone]
    clock = [wall * 1000 for wall, _ in times]
    median, late = percentile(own, 0.5), percentile(own, 0.95)
    aim = ("below 40 ms", late < 40) if name == "npm" else ("", True)
    row("one artifact alone, processor time", f"median {median:.1f} ms, p95 {late:.1f} ms", *aim)
    median, late = percentile(clock, 0.5), percentile(clock, 0.95)
    row("one artifact, on the clock", f"median {median:.1f} ms, p95 {late:.1f} ms", "")
    row("highest memory of a child", f"{peak:7.0f} MB", "", True)


def row(what, value, aim, is_met=True):
    mark = "" if not aim else "ok   " if is_met else "MISS "
    print(f"  {what:<38}{value:<36}{mark}{aim}", flush=True)


def start(options, folder):
    empty = package(folder / "empty.tgz", [])
    count = 200
    times, total, _ = analyse(options, [empty] * count)
    clock = [wall * 1000 for wall, _ in times]
    print("start of a child, to the end of an empty package")
    row("processor time", f"{total * 1000 / count:7.2f} ms", "5 ms or less", total * 1000 / count <= 5)
    row("on the clock", f"median {percentile(clock, 0.5):.2f} ms, p95 {percentile(clock, 0.95):.2f} ms", "")


def large(options, folder, script, python):
    print("an archive of 100 MB")
    kinds = shapes(folder, script, python)
    files = kinds["JavaScript files"][1](100_000_000)
    nested = [(f"data/{i}.tgz", package(folder / "inner.tgz", kinds["Python files"][1](10_000_000)).read_bytes())
              for i in range(10)]
    for name, content in [
        ("JavaScript files", files), ("ten archives in it", nested),
        ("three JavaScript files", [(f"{i}.js", filled(script, 32_000_000, "//")) for i in range(3)]),
        ("three Python files", [(f"{i}.py", filled(python, 32_000_000, "#")) for i in range(3)]),
    ]:
        times, _, peak = analyse(options, [package(folder / "large.tgz", content)])
        row(name, f"{peak:7.0f} MB, {times[0][0]:.1f} s", "200 MB or less", peak <= 200)


def growth(options, folder, script, python):
    print("processor time for four times the bytes")
    idle = min(analyse(options, [package(folder / "empty.tgz", [])])[1] for _ in range(3))
    for name, (size, make) in shapes(folder, script, python).items():
        once, four = package(folder / "once.tgz", make(size)), package(folder / "four.tgz", make(4 * size))
        least = [min(analyse(options, [path])[1] for _ in range(3)) - idle for path in (once, four)]
        # Packages are cut at whole files, so the bytes are not exactly four times as many.
        grown = least[1] / max(least[0], 1e-6) * 4 / (unpacked_bytes(four) / unpacked_bytes(once))
        speed = unpacked_bytes(four) / 1e6 / least[1]
        row(name, f"{grown:5.2f} times, {speed:.1f} MB/s", "4.4 times or less", grown <= 4.4)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jurat", required=True, type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--benchmark", required=True)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(".tools/evaluation"))
    parser.add_argument("--only", choices=["artifacts", "start", "large", "growth"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if options.only in (None, "artifacts"):
            report("PyPI", options, honest_packages.python_artifacts(options.folder / "pypi"))
            report("npm", options, honest_packages.node_artifacts(options.folder / "npm"))
        if options.only in (None, "start"):
            start(options, folder)
        if options.only in (None, "large", "growth"):
            script = pieces(honest_packages.DEBIAN_NODE, ".js")
            python = pieces(pathlib.Path(sysconfig.get_path("stdlib")), ".py")
        if options.only in (None, "large"):
            large(options, folder, script, python)
        if options.only in (None, "growth"):
            growth(options, folder, script, python)


if __name__ == "__main__":
    main()
