"""A patient with a pump in use and a verified order, and pump messages as the gateway would hand them over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.pump_messages import EUI, ORDER, make_episode

from openinfusion.apps.equipment.public import check_out, confirm_at_home, enroll, register_device
from openinfusion.apps.monitoring.public import add_on_call, apply_device_log
from openinfusion.apps.pharmacy.public import check, current_revision, enter_order, submit, verify_order
from openinfusion.platform.access import system_access
from openinfusion.platform.access.roles import Role


@pytest.fixture
def episode(site, at):
    return make_episode(site, at)


@pytest.fixture
def pump(site, acting, at):
    """A pump of the fleet; ``pump(serial, eui64)`` makes another."""

    def make(serial: str = "CB-1988", eui64: str = EUI, *, enrolled: bool = True):
        by = acting(Role.TECHNICIAN)
        device = register_device(
            site=site, serial=serial, family="Examplepump", kind="ambulatory", eui64=eui64,
            service_due_on=at.date() + timedelta(days=90), by=by, at=at,
        )  # fmt: skip
        if enrolled:
            device.token = enroll(device=device, by=by, at=at)
        return device

    return make


@pytest.fixture
def put_to_use(acting, at):
    def put(device, episode, *, since=timedelta(days=1)):
        assignment = check_out(device=device, episode=episode, by=acting(Role.TECHNICIAN), at=at - since)
        confirm_at_home(device=device, episode=episode, serial=device.serial, by=acting(Role.NURSE), at=at - since)
        return assignment

    return put


@pytest.fixture
def in_use(pump, put_to_use, episode):
    """The usual pump, in use with the usual patient."""
    device = pump()
    put_to_use(device, episode)
    return device


@pytest.fixture
def verified(episode, acting, at):
    """The vancomycin order, verified: 125 mL/h."""
    order = enter_order(episode=episode, content=ORDER, origin="entered", by=acting(Role.INTAKE), at=at)
    submit(order=order, by=acting(Role.INTAKE), at=at)
    found = check(revision=current_revision(order), at=at)[1].findings
    reasons = [(finding.rule, "checked with the prescriber") for finding in found]
    verify_order(order=order, overrides=reasons, by=acting(Role.PHARMACIST), at=at)
    return order


@pytest.fixture
def rota(acting, person, at):
    """A nurse, then a pharmacist, then the staffed phone; two minutes each."""
    by, span = acting(Role.MONITOR), {"starts_at": at - timedelta(days=1), "ends_at": at + timedelta(days=30)}
    rows = [
        add_on_call(step=1, name="Tess Ficton", channel="text", address="217-555-0110", user_id=person(Role.NURSE).pk, by=by, at=at, **span),
        add_on_call(step=2, name="Dana Testwell", channel="voice", address="217-555-0111", by=by, at=at, **span),
        add_on_call(step=3, name="Night desk", channel="voice", address="217-555-0112", is_staffed_phone=True, by=by, at=at, **span),
    ]  # fmt: skip
    return rows


@pytest.fixture
def gateway_access(program):
    return system_access(program.pk, name="Device gateway")


@pytest.fixture
def apply(gateway_access, at):
    """``apply(entries)`` as the gateway does it."""

    def run(found, *, now=None):
        return apply_device_log(entries=found, by=gateway_access, at=now or at)

    return run
