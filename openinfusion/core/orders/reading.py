"""From the JSON of the order-check contract to an order, a patient and a case.

For the contract, the REST endpoint and stored orders. A basis and a unit that contradict each other are an
error.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from openinfusion.core.dosing import Sex, WeightMethod, WeightReading
from openinfusion.core.orders.model import (
    AccessType,
    DoseBasis,
    Frequency,
    InfusionOrder,
    Ingredient,
    Pca,
    Pump,
    PumpType,
    RateStep,
    Route,
)
from openinfusion.core.orders.patient import (
    Access,
    Allergy,
    AllergyStatus,
    CaregiverStatus,
    Case,
    Home,
    KitStatus,
    Known,
    Lab,
    LastDose,
    LifetimeDose,
    PatientFacts,
    PriorDose,
)
from openinfusion.core.orders.reader import CaseError, Reader
from openinfusion.core.units import Quantity

CONTRACT_ORDER_KEYS = (
    "id", "therapy", "brand", "indication", "route", "dose", "dose_basis", "frequency", "diluent", "volume",
    "rate_steps", "infuse_over", "pump", "start_on", "stop_on", "first_dose", "premedication", "prepared_at",
    "ordered_by", "verified_by", "sites", "composition", "line_shared_with",
)  # fmt: skip
EXTENSION_ORDER_KEYS = (
    "concentration", "access", "filter", "flush", "lock", "reaction_medication", "monitoring",
)  # fmt: skip
_PATIENT_KEYS = (
    "birth_date", "sex", "weight", "height", "pregnancy", "lactation", "allergies", "conditions", "labs",
    "access", "other_medications", "active_orders", "lifetime_doses", "prior_doses", "home", "programs",
    "last_doses",
)  # fmt: skip

LAB_NAMES: Mapping[str, str] = {
    "ck": "cpk",
    "creatine kinase": "cpk",
    "creatine phosphokinase": "cpk",
    "anc": "neutrophils",
    "absolute neutrophil count": "neutrophils",
    "scr": "creatinine",
    "serum creatinine": "creatinine",
    "cr": "creatinine",
    "k": "potassium",
    "na": "sodium",
    "mg": "magnesium",
    "phos": "phosphate",
    "phosphorus": "phosphate",
    "ca": "calcium",
    "sgpt": "alt",
    "sgot": "ast",
    "total bilirubin": "bilirubin",
    "hgb": "hemoglobin",
    "hb": "hemoglobin",
    "haemoglobin": "hemoglobin",
    "white cells": "wbc",
    "white blood cells": "wbc",
    "plt": "platelets",
    "platelet count": "platelets",
    "urea nitrogen": "bun",
    "blood urea nitrogen": "bun",
}


def case_from_json(value: object, *, therapies: Container[str]) -> tuple[Case, Reader]:
    """A case of the contract, strictly; the reader holds the unit problems found on the way."""
    reader = Reader()
    item = reader.mapping(value, "", ("id", "at", "patient", "order"))
    case_id = reader.needed_text(item.get("id"), "id")
    at = reader.moment(item.get("at"), "at")
    if at is None:
        raise CaseError("at", "this field is needed")
    if item.get("order") is None:
        raise CaseError("order", "this field is needed")
    patient = _patient(reader, item.get("patient") or {}, therapies)
    order = _order(reader, item["order"], "order", CONTRACT_ORDER_KEYS, therapies)
    return Case(case_id, at, patient, order), reader


def order_from_json(value: object, *, therapies: Container[str] | None = None) -> tuple[InfusionOrder, Reader]:
    """A stored order, with the fields beyond the contract; pass the known therapies to refuse others."""
    reader = Reader()
    keys = (*CONTRACT_ORDER_KEYS, *EXTENSION_ORDER_KEYS)
    return _order(reader, value, "order", keys, therapies), reader


def _order(
    reader: Reader, value: object, path: str, keys: tuple[str, ...], therapies: Container[str] | None
) -> InfusionOrder:
    item = reader.mapping(value, path, keys)

    def at(key: str) -> tuple[Any, str]:
        return item.get(key), f"{path}.{key}"

    therapy = reader.needed_text(*at("therapy"))
    if therapies is not None and therapy not in therapies:
        raise CaseError(f"{path}.therapy", "this therapy is not in the therapy table")
    dose = reader.quantity(*at("dose"), what="the dose")
    basis = reader.choice(*at("dose_basis"), DoseBasis)
    return InfusionOrder(
        id=reader.needed_text(*at("id")),
        therapy=therapy,
        brand=reader.text(*at("brand")),
        indication=reader.text(*at("indication")),
        route=reader.choice(*at("route"), Route),
        dose=dose,
        dose_basis=_basis(dose, basis, f"{path}.dose_basis"),
        frequency=_frequency(reader, *at("frequency")),
        diluent=reader.text(*at("diluent")),
        volume=reader.quantity(*at("volume"), what="the volume"),
        concentration=reader.quantity(*at("concentration"), what="the concentration"),
        rate_steps=reader.items(*at("rate_steps"), lambda one, where: _step(reader, one, where)),
        infuse_over=reader.quantity(*at("infuse_over"), what="the infusion time"),
        pump=_pump(reader, *at("pump")),
        access=reader.choice(*at("access"), AccessType),
        filter=reader.text(*at("filter")),
        flush=reader.text(*at("flush")),
        lock=reader.text(*at("lock")),
        premedication=reader.texts(*at("premedication")),
        reaction_medication=reader.texts(*at("reaction_medication")),
        monitoring=reader.texts(*at("monitoring")),
        sites=reader.count(*at("sites"), least=1),
        composition=reader.items(*at("composition"), lambda one, where: _ingredient(reader, one, where)),
        line_shared_with=reader.texts(*at("line_shared_with")),
        start_on=reader.date(*at("start_on")),
        stop_on=reader.date(*at("stop_on")),
        first_dose=reader.flag(*at("first_dose")),
        prepared_at=reader.moment(*at("prepared_at")),
        ordered_by=reader.text(*at("ordered_by")),
        verified_by=reader.text(*at("verified_by")),
    )


def _basis(dose: Quantity | None, basis: DoseBasis | None, path: str) -> DoseBasis | None:
    """The unit states the basis; a basis that says otherwise is an error, not a choice."""
    if dose is None:
        return basis
    stated = DoseBasis.ABSOLUTE
    if dose.unit.is_per_weight:
        stated = DoseBasis.PER_KG
    elif dose.unit.is_per_surface:
        stated = DoseBasis.PER_M2
    if basis is not None and basis is not stated:
        raise CaseError(path, f"the dose unit {dose.unit} says {stated.value}, not {basis.value}")
    return stated


def _frequency(reader: Reader, value: object, path: str) -> Frequency | None:
    if value is None:
        return None
    item = reader.mapping(value, path, ("times", "per", "continuous", "once"))
    continuous = reader.flag(item.get("continuous"), f"{path}.continuous")
    once = reader.flag(item.get("once"), f"{path}.once")
    times = reader.count(item.get("times"), f"{path}.times", least=1)
    before = len(reader.unit_problems)
    per = reader.quantity(item.get("per"), f"{path}.per", what="the interval")
    if len(reader.unit_problems) > before:
        return None
    if per is not None and (per.unit.dimension != ("time", ()) or per.value <= 0):
        raise CaseError(f"{path}.per", "write a time above zero, in h or d")
    try:
        return Frequency(times, per, bool(continuous), bool(once))
    except ValueError as problem:
        raise CaseError(path, str(problem)) from None


def _step(reader: Reader, value: object, path: str) -> RateStep:
    item = reader.mapping(value, path, ("rate", "for"))
    rate = reader.quantity(item.get("rate"), f"{path}.rate", what="the rate")
    lasts = reader.quantity(item.get("for"), f"{path}.for", what="the length of the rate step")
    if rate is None:
        if item.get("rate") is None:
            raise CaseError(f"{path}.rate", "this field is needed")
        rate = Quantity.of(0, "mL/h")
    elif not rate.unit.is_per_time:
        raise CaseError(f"{path}.rate", "write a rate, in mL/h or an amount per time")
    if lasts is not None and (lasts.unit.dimension != ("time", ()) or lasts.value <= 0):
        raise CaseError(f"{path}.for", "write a time above zero, in min or h")
    return RateStep(rate, lasts)


def _pump(reader: Reader, value: object, path: str) -> Pump | None:
    if value is None:
        return None
    item = reader.mapping(value, path, ("type", "reservoir", "pca"))
    return Pump(
        type=reader.choice(item.get("type"), f"{path}.type", PumpType),
        reservoir=reader.quantity(item.get("reservoir"), f"{path}.reservoir", what="the reservoir"),
        pca=_pca(reader, item.get("pca"), f"{path}.pca"),
    )


def _pca(reader: Reader, value: object, path: str) -> Pca | None:
    if value is None:
        return None
    keys = ("bolus", "lockout", "hourly_limit", "continuous")
    item = reader.mapping(value, path, keys)
    found = [reader.quantity(item.get(key), f"{path}.{key}", what=f"the PCA {key.replace('_', ' ')}") for key in keys]
    return Pca(*found)


def _ingredient(reader: Reader, value: object, path: str) -> Ingredient:
    item = reader.mapping(value, path, ("ingredient", "amount"))
    name = reader.needed_text(item.get("ingredient"), f"{path}.ingredient")
    amount = reader.quantity(item.get("amount"), f"{path}.amount", what=f"the amount of {name}")
    return Ingredient(name, amount or Quantity.of(0, "mg"))


def _patient(reader: Reader, value: object, therapies: Container[str]) -> PatientFacts:
    item = reader.mapping(value, "patient", _PATIENT_KEYS)

    def at(key: str) -> tuple[Any, str]:
        return item.get(key), f"patient.{key}"

    status, allergies = _allergies(reader, *at("allergies"))
    return PatientFacts(
        birth_date=reader.date(*at("birth_date")),
        sex=reader.choice(*at("sex"), Sex, unknown="unknown"),
        weight=_weight(reader, *at("weight")),
        height=_measure(reader, *at("height"), dimension="length"),
        pregnancy=reader.choice(*at("pregnancy"), Known),
        lactation=reader.choice(*at("lactation"), Known),
        allergy_status=status,
        allergies=allergies,
        conditions=reader.texts(*at("conditions")),
        labs=reader.items(*at("labs"), lambda one, where: _lab(reader, one, where)),
        access=_access(reader, *at("access")),
        other_medications=reader.texts(*at("other_medications")),
        active_orders=reader.items(
            *at("active_orders"),
            lambda one, where: _order(reader, one, where, CONTRACT_ORDER_KEYS, therapies),
        ),
        lifetime_doses=reader.items(*at("lifetime_doses"), lambda one, where: _lifetime(reader, one, where)),
        prior_doses=reader.items(*at("prior_doses"), lambda one, where: _prior(reader, one, where)),
        last_doses=reader.items(*at("last_doses"), lambda one, where: _last(reader, one, where)),
        programs=reader.texts(*at("programs")),
        home=_home(reader, *at("home")),
    )


def _measure(reader: Reader, value: object, path: str, *, dimension: str) -> Quantity | None:
    found = reader.quantity(value, path, what=path.rsplit(".", 1)[-1])
    if found is not None and found.unit.dimension != (dimension, ()):
        raise CaseError(f"{path}.unit", f"{found.unit} is not a unit of {dimension}")
    if found is not None and found.value <= 0:
        raise CaseError(f"{path}.value", "write a value above zero")
    return found


def _weight(reader: Reader, value: object, path: str) -> WeightReading | None:
    if value is None:
        return None
    item = reader.mapping(value, path, ("value", "unit", "taken_on", "method"))
    amount = {key: item[key] for key in ("value", "unit") if key in item}
    kilograms = _measure(reader, amount, path, dimension="mass")
    taken_on = reader.date(item.get("taken_on"), f"{path}.taken_on")
    method = reader.choice(item.get("method"), f"{path}.method", WeightMethod)
    return None if kilograms is None else WeightReading(kilograms, taken_on, method, kilograms.unit.symbol)


def _allergies(reader: Reader, value: object, path: str) -> tuple[AllergyStatus | None, tuple[Allergy, ...]]:
    if value is None:
        return None, ()
    item = reader.mapping(value, path, ("status", "items"))
    status = reader.choice(item.get("status"), f"{path}.status", AllergyStatus)
    items = reader.items(item.get("items"), f"{path}.items", lambda one, where: _allergy(reader, one, where)) or ()
    if items and status is not AllergyStatus.RECORDED:
        raise CaseError(f"{path}.status", "allergies are listed, so the status is recorded")
    return status, items


def _allergy(reader: Reader, value: object, path: str) -> Allergy:
    item = reader.mapping(value, path, ("substance", "reaction"))
    substance = reader.needed_text(item.get("substance"), f"{path}.substance")
    return Allergy(substance, reader.text(item.get("reaction"), f"{path}.reaction") or "unknown")


def _lab(reader: Reader, value: object, path: str) -> Lab:
    item = reader.mapping(value, path, ("test", "value", "unit", "taken_at"))
    name = reader.needed_text(item.get("test"), f"{path}.test").lower()
    taken_at = reader.moment(item.get("taken_at"), f"{path}.taken_at")
    if taken_at is None:
        raise CaseError(f"{path}.taken_at", "this field is needed")
    return Lab(
        test=LAB_NAMES.get(name, name),
        value=reader.number(item.get("value"), f"{path}.value"),
        unit=reader.text(item.get("unit"), f"{path}.unit") or "",
        taken_at=taken_at,
    )


def _access(reader: Reader, value: object, path: str) -> Access | None:
    if value is None:
        return None
    item = reader.mapping(value, path, ("type", "lumens"))
    return Access(
        reader.choice(item.get("type"), f"{path}.type", AccessType),
        reader.count(item.get("lumens"), f"{path}.lumens", least=1),
    )


def _lifetime(reader: Reader, value: object, path: str) -> LifetimeDose:
    item = reader.mapping(value, path, ("therapy", "total"))
    total = reader.quantity(item.get("total"), f"{path}.total", what="the lifetime dose")
    return LifetimeDose(reader.needed_text(item.get("therapy"), f"{path}.therapy"), total or Quantity.of(0, "mg"))


def _prior(reader: Reader, value: object, path: str) -> PriorDose:
    item = reader.mapping(value, path, ("therapy", "count", "reaction"))
    count = reader.count(item.get("count"), f"{path}.count")
    if count is None:
        raise CaseError(f"{path}.count", "this field is needed")
    therapy = reader.needed_text(item.get("therapy"), f"{path}.therapy")
    return PriorDose(therapy, count, reader.text(item.get("reaction"), f"{path}.reaction"))


def _last(reader: Reader, value: object, path: str) -> LastDose:
    item = reader.mapping(value, path, ("therapy", "given_at"))
    given_at = reader.moment(item.get("given_at"), f"{path}.given_at")
    if given_at is None:
        raise CaseError(f"{path}.given_at", "this field is needed")
    return LastDose(reader.needed_text(item.get("therapy"), f"{path}.therapy"), given_at)


def _home(reader: Reader, value: object, path: str) -> Home:
    item = reader.mapping({} if value is None else value, path, ("anaphylaxis_kit", "caregiver", "nurse_present"))
    kit = reader.choice(item.get("anaphylaxis_kit"), f"{path}.anaphylaxis_kit", KitStatus)
    if kit is KitStatus.WITH_FIRST_DELIVERY:
        raise CaseError(f"{path}.anaphylaxis_kit", "write present, expired, missing or unknown")
    return Home(
        kit=kit,
        caregiver=reader.choice(item.get("caregiver"), f"{path}.caregiver", CaregiverStatus),
        nurse_present=reader.flag(item.get("nurse_present"), f"{path}.nurse_present"),
    )
