"""Which priority a device's alarm gets. Source: IEC 60601-1-8; shipped pump alarm table; HZ-041, HZ-054."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from openinfusion.core.alarms.episodes import signals_of
from openinfusion.core.alarms.rules import AlarmTable, ServerRule, effective_priority
from openinfusion.core.telemetry.reports import (
    AlarmPhase,
    AlarmSignal,
    DeviceIdentity,
    DeviceReport,
    DeviceScheme,
    Priority,
    ReportKind,
)
from openinfusion.rulepacks import devices
from openinfusion.rulepacks.tables import load_table

TABLE = devices.load().alarms
AT = datetime(2026, 9, 26, 14, 0, tzinfo=UTC)
LOW, MEDIUM, HIGH = Priority


def signal_of(name, *, priority=None, life_sustaining=False, vendor_term=""):
    alarm = AlarmSignal(0, name, AlarmPhase.START, True, priority=priority, vendor_term=vendor_term)
    report = DeviceReport(
        ReportKind.ALARM,
        "GW",
        "1",
        DeviceIdentity(DeviceScheme.LOCAL, "P"),
        "d",
        device_at=AT,
        alarms=(alarm,),
    )
    return signals_of(report, received_at=AT, table=TABLE, life_sustaining=life_sustaining)


@pytest.mark.parametrize(
    ("term", "kind", "ordinary", "life_sustaining"),
    [
        ("MDC_EVT_FLUID_LINE_OCCL", "occlusion_downstream", HIGH, HIGH),
        ("MDC_EVT_FLUID_LINE_OCCL_PROXIMAL", "occlusion_upstream", HIGH, HIGH),
        ("MDC_EVT_FLUID_LINE_AIR", "air_in_line", HIGH, HIGH),
        ("MDC_EVT_DOOR_POSN_ERR", "door_cassette_open", HIGH, HIGH),
        ("MDC_EVT_BATT_LO", "battery_low", MEDIUM, MEDIUM),
        ("MDC_EVT_BATT_DEPL", "battery_depleted", HIGH, HIGH),
        ("MDC_EVT_VOL_INFUS_NEAR_COMP", "reservoir_low", LOW, MEDIUM),
        ("MDC_EVT_PUMP_DELIV_COMP", "infusion_complete", MEDIUM, MEDIUM),
        ("MDC_EVT_MALF", "malfunction", HIGH, HIGH),
        ("MDC_EVT_PUMP_GENERAL_ALARM", "general_alarm", MEDIUM, MEDIUM),
    ],
)
def test_the_table_of_pump_alarms(term, kind, ordinary, life_sustaining):
    (usual,) = signal_of(term)
    (vital,) = signal_of(term, life_sustaining=True)
    (unknown,) = signal_of(term, life_sustaining=None)
    assert (usual.kind, usual.priority, vital.priority) == (kind, ordinary, life_sustaining)
    assert unknown.priority is life_sustaining, "an unknown therapy is treated as life-sustaining"


@pytest.mark.parametrize("row", load_table("pump_alarms"), ids=lambda row: row.key)
def test_every_row_of_the_alarm_table_has_a_rule_or_is_an_event(row):
    """No mapping gap: each term leads to a rule, each alarm without a term still has its rule."""
    if row["priority"] == "none":
        assert row["mdc_ref_id"] in TABLE.event_terms
        assert signal_of(row["mdc_ref_id"]) == ()
        return
    assert TABLE.rule(f"PUMP-{row.key}").source == ";".join(row.sources)
    if row["mdc_ref_id"]:
        assert signal_of(row["mdc_ref_id"])[0].kind == row.key


@pytest.mark.hazard("HZ-041")
@pytest.mark.parametrize("vendor_term", ["0^MDCX_PUMP_E42", "E42^pump fault", ""])
def test_an_alarm_nobody_knows_is_at_least_medium_and_visible(vendor_term):
    (signal,) = signal_of("", priority=LOW, vendor_term=vendor_term)
    assert (signal.rule, signal.priority) == (ServerRule.UNKNOWN, MEDIUM)
    assert signal.kind == f"unknown_alarm:{vendor_term}", "two unknown alarms are two alarms"


def test_a_device_may_raise_an_unknown_alarm():
    assert signal_of("", priority=HIGH)[0].priority is HIGH


@pytest.mark.hazard("HZ-054")
@pytest.mark.parametrize("reported", [LOW, MEDIUM])
def test_a_device_never_lowers_a_priority(reported):
    """A gateway's default of "low" on an occlusion must not reach people as low."""
    assert signal_of("MDC_EVT_FLUID_LINE_OCCL", priority=reported)[0].priority is HIGH


@pytest.mark.parametrize(("reported", "found"), [(None, LOW), (LOW, LOW), (MEDIUM, MEDIUM), (HIGH, HIGH)])
def test_a_device_may_raise_a_priority(reported, found):
    rule = TABLE.rule("PUMP-reservoir_low")
    assert effective_priority(rule, reported, life_sustaining=False) is found


def test_a_table_without_a_server_rule_is_refused():
    rules = tuple(rule for rule in TABLE.rules if rule.id != ServerRule.SILENCE)
    with pytest.raises(ValueError, match="ALM-SILENCE"):
        AlarmTable(rules=rules, device_terms=TABLE.device_terms)
    with pytest.raises(ValueError, match="PUMP-none"):
        replace(TABLE, device_terms=(("MDC_EVT_X", "PUMP-none"),))


def test_each_rule_names_its_source_and_grade():
    for rule in TABLE.rules:
        assert rule.source, rule.id
        assert rule.grade in {"A", "B", "C", "K"}, rule.id
        assert rule.status, rule.id


def test_a_limit_without_minutes_is_a_fault_of_the_table():
    with pytest.raises(ValueError, match="ALM-DRUG"):
        _ = TABLE.rule(ServerRule.DRUG).minutes


def test_escalation_tiers_are_shipped_but_not_signed():
    tiers = devices.load().escalation
    assert [tier.tier for tier in tiers] == [1, 2, 3, 4]
    assert {tier.verification for tier in tiers} == {"unverified"}
