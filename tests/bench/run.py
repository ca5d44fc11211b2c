"""`make bench`: ratios measured in one run against a peer or a bound; writes docs/benchmarks.md.

Absolute figures depend on the machine and its load; the ratios do not. Never run as a test.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import hl7

from openinfusion.core.orders.contract import answer_case
from openinfusion.formats.hl7v2 import parse
from openinfusion.rulepacks.examples import example_case, example_therapies
from openinfusion.rulepacks.order_rules import proposed_rules

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5


def per_second(act: Callable[[], int]) -> float:
    """The median over rounds of things done per second of CPU time."""
    rates = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        done = act()
        rates.append(done / (time.process_time() - begun))
    return statistics.median(rates)


def message() -> bytes:
    """A PCD-01 report with twenty observations."""
    head = (
        "MSH|^~\\&|PUMP^0200000000000001^EUI-64|DEMO|||20261124104200-0600||ORU^R01^ORU_R01|C1|P|2.6|||NE|AL|||||IHE_PCD_001\r"
        "PID|||T-1^^^DEMO^MR||Sampleford^Marigold\rOBR|1|A^X|B^X|69985^MDC_DEV_PUMP_INFUS_MDS^MDC|||20261124104200-0600\r"
    )
    rows = "".join(
        f"OBX|{n}|NM|157784^MDC_FLOW_FLUID_PUMP^MDC|1.1.1.{n}|{120 + n}|265266^MDC_DIM_MILLI_L_PER_HR^MDC|||||R\r"
        for n in range(1, 21)
    )
    return (head + rows).encode()


def verify_orders() -> int:
    rules = proposed_rules()
    cases = [example_case(therapy) for therapy in example_therapies()] * 10
    for case in cases:
        answer_case(case, rules)
    return len(cases)


def our_parse(raw: bytes, times: int) -> int:
    for _ in range(times):
        segments = parse(raw)
        [str(segment) for segment in segments.segments[:3]]
    return times


def their_parse(raw: bytes, times: int) -> int:
    text = raw.decode()
    for _ in range(times):
        hl7.parse(text)
    return times


def main() -> int:
    raw = message()
    orders = per_second(verify_orders)
    ours, theirs = per_second(lambda: our_parse(raw, 2000)), per_second(lambda: their_parse(raw, 60))
    rows = [
        ("order verifications per CPU second (64 therapies, all active rules)", f"{orders:,.0f}", "bound: 1,000"),
        (
            "HL7 v2 parse, 20 OBX, against the `hl7` library",
            f"{ours / theirs:,.0f} times",
            f"{ours:,.0f} against {theirs:,.0f} per CPU second",
        ),
    ]
    lines = ["# Benchmarks", "", "Written by `make bench`: median of five rounds, one process, CPU time.", ""]
    lines += ["| What | Measured | Beside |", "| --- | --- | --- |", *[f"| {a} | {b} | {c} |" for a, b, c in rows]]
    (ROOT / "docs" / "benchmarks.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
