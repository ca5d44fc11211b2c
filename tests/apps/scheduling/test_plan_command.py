"""`openinfusion plan solve`: a solution file, or exit 2 with a sentence."""

import json

import pytest

from openinfusion.project.command import main


def _run(instance, out):
    return main(
        ["plan", "solve", str(instance), "--iterations", "50", "--threads", "1", "--seed", "3", "--out", str(out)]
    )


def test_a_benchmark_instance_becomes_a_solution_file(shared, tmp_path):
    found = sorted((shared / "bench").rglob("InstanzCPLEX_HCSRP_10_1.json")) or sorted(
        (shared / "bench").rglob("*10_1*.json")
    )
    if not found:
        pytest.skip("the benchmark instances are not beside this checkout")
    out = tmp_path / "solution.json"
    assert _run(found[0], out) == 0
    assert json.loads(out.read_text())


def test_what_is_no_instance_is_refused_with_exit_2(tmp_path, capsys):
    bad = tmp_path / "bad.json"
    bad.write_text("{}")
    assert _run(bad, tmp_path / "out.json") == 2
    assert "bad.json" in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["0", "soon", "-1"])
def test_seconds_are_a_number_above_zero(tmp_path, seconds):
    with pytest.raises(SystemExit) as caught:
        main(["plan", "solve", "x.json", "--seconds", seconds, "--out", str(tmp_path / "o.json")])
    assert caught.value.code == 2
