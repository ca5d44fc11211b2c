"""People treated, what is known about them, and their episodes of home infusion."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from openinfusion.core.identity import identifier_key, name_key, phone_key
from openinfusion.platform.tenancy.models import Site, TenantRow


class ChartEntry(TenantRow):
    """A chart entry that turned out wrong is marked with who, when and why; it is never deleted."""

    entered_in_error_at = models.DateTimeField(null=True)
    entered_in_error_by_name = models.CharField(max_length=160, blank=True)
    entered_in_error_reason = models.CharField(max_length=240, blank=True)

    class Meta(TenantRow.Meta):
        abstract = True


class NumberCounter(TenantRow):
    """The last number given to a patient or an episode of the program; locked while the next one is taken."""

    kind = models.CharField(max_length=20)
    last = models.PositiveIntegerField(default=0)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "kind"], name="number_counter_once")]


KEY_FIELDS = ("family_key", "given_key", "search_text", "phone_digits")


class Prescriber(TenantRow):
    """A clinician who orders treatment; NPI when known."""

    name = models.CharField(max_length=160)
    npi = models.CharField(max_length=10, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    fax = models.CharField(max_length=30, blank=True)
    organisation = models.CharField(max_length=160, blank=True)


class Patient(TenantRow):
    """One person. Empty text and null mean not known; nothing has a default that could be mistaken for a
    fact.
    """

    PATIENT_PATH = ""

    class Sex(models.TextChoices):
        FEMALE = "female", "Female"
        MALE = "male", "Male"
        UNKNOWN = "unknown", "Not known"

    class AllergyStatus(models.TextChoices):
        RECORDED = "recorded", "Recorded"
        NONE_KNOWN = "none_known", "No known allergies"
        NOT_ASKED = "not_asked", "Not asked"

    class Answer(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        UNKNOWN = "unknown", "Not known"
        NOT_APPLICABLE = "not_applicable", "Not applicable"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    mrn = models.CharField(max_length=30)
    family_name = models.CharField(max_length=120)
    given_name = models.CharField(max_length=120)
    preferred_name = models.CharField(max_length=60, blank=True)
    birth_date = models.DateField()
    sex = models.CharField(max_length=10, choices=Sex.choices, default=Sex.UNKNOWN)
    pregnancy = models.CharField(max_length=15, choices=Answer.choices, default=Answer.UNKNOWN)
    lactation = models.CharField(max_length=15, choices=Answer.choices, default=Answer.UNKNOWN)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=20, blank=True)
    address_line = models.CharField(max_length=160, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=2, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    directions = models.CharField(max_length=300, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    time_zone = models.CharField(max_length=64)
    allergy_status = models.CharField(max_length=12, choices=AllergyStatus.choices, default=AllergyStatus.NOT_ASKED)
    allergies_reviewed_on = models.DateField(null=True)
    conditions_reviewed_on = models.DateField(null=True, help_text="asked: an empty list then means none")
    medications_reviewed_on = models.DateField(null=True, help_text="asked: an empty list then means none")
    family_key = models.CharField(max_length=120, blank=True, help_text="made by save(): for search and duplicates")
    given_key = models.CharField(max_length=120, blank=True)
    search_text = models.CharField(max_length=330, blank=True)
    phone_digits = models.CharField(max_length=20, blank=True)
    is_restricted = models.BooleanField(default=False, help_text="staff or public figure: break-glass for everyone")
    created_at = models.DateTimeField()

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "mrn"], name="mrn_once")]
        indexes = [
            models.Index(fields=["tenant", "family_name", "given_name"], name="patient_by_name"),
            models.Index(fields=["tenant", "birth_date"], name="patient_by_birth"),
            models.Index(fields=["tenant", "family_key"], name="patient_by_family_key"),
            models.Index(fields=["tenant", "phone_digits"], name="patient_by_phone"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.make_keys()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], *KEY_FIELDS}
        super().save(*args, **kwargs)

    def make_keys(self) -> None:
        """Search keys from the names and the phone. Call it before ``bulk_create``, which skips ``save``."""
        self.family_key, self.given_key = name_key(self.family_name)[:120], name_key(self.given_name)[:120]
        self.search_text = f" {self.family_key} {self.given_key} {name_key(self.preferred_name)}"[:330]
        self.phone_digits = phone_key(self.phone)[:20]

    @property
    def full_name(self) -> str:
        return f"{self.family_name.upper()}, {self.given_name}"


class PatientIdentifier(TenantRow):
    """An identifier another system gave the person: a record number, or a member number of an insurer."""

    PATIENT_PATH = "patient"

    class Kind(models.TextChoices):
        RECORD = "record", "Record number"
        MEMBER = "member", "Member number"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.RECORD)
    system = models.CharField(max_length=200)
    value = models.CharField(max_length=120)
    value_key = models.CharField(max_length=120, blank=True, db_index=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["patient", "kind", "system", "value"], name="identifier_once")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.value_key = identifier_key(self.value)[:120]
        super().save(*args, **kwargs)


class Allergy(ChartEntry):
    """A substance and what it did. Entered in error is marked, never deleted."""

    PATIENT_PATH = "patient"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="allergies")
    substance = models.CharField(max_length=160)
    reaction = models.CharField(max_length=160, blank=True)
    severity = models.CharField(max_length=20, blank=True)
    code_system = models.CharField(max_length=100, blank=True)
    code = models.CharField(max_length=40, blank=True)
    recorded_on = models.DateField(null=True)
    source = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)


class Condition(ChartEntry):
    """A diagnosis or problem."""

    PATIENT_PATH = "patient"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="conditions")
    text = models.CharField(max_length=240)
    code_system = models.CharField(max_length=100, blank=True)
    code = models.CharField(max_length=40, blank=True)
    onset_on = models.DateField(null=True)
    is_active = models.BooleanField(default=True)
    source = models.CharField(max_length=80)


class HomeMedication(ChartEntry):
    """A medicine the person takes besides the infusion."""

    PATIENT_PATH = "patient"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="medications")
    text = models.CharField(max_length=240)
    code_system = models.CharField(max_length=100, blank=True)
    code = models.CharField(max_length=40, blank=True)
    dose_text = models.CharField(max_length=240, blank=True)
    is_active = models.BooleanField(default=True)
    source = models.CharField(max_length=80)


class Measurement(ChartEntry):
    """Weight, height, a vital sign or a laboratory result: value as text of a decimal, unit as seen,
    moment, source.
    """

    PATIENT_PATH = "patient"

    class Method(models.TextChoices):
        MEASURED = "measured", "Measured"
        STATED = "stated", "Stated"
        ESTIMATED = "estimated", "Estimated"
        UNKNOWN = "unknown", "Not known"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="measurements")
    test = models.CharField(max_length=80, help_text="weight, height, creatinine, potassium, heart rate")
    code = models.CharField(max_length=40, blank=True)
    value = models.DecimalField(max_digits=18, decimal_places=10, null=True)
    text = models.CharField(max_length=120, blank=True, help_text="result that is no number")
    unit = models.CharField(max_length=30, blank=True)
    taken_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=10, choices=Method.choices, default=Method.UNKNOWN)
    source = models.CharField(max_length=80)
    value_seen = models.CharField(max_length=40, blank=True, help_text="as given, where it was converted: 132.7")
    unit_seen = models.CharField(max_length=30, blank=True, help_text="lb where the weight came in pounds")
    recorded_at = models.DateTimeField(null=True)
    recorded_by_name = models.CharField(max_length=160, blank=True)

    class Meta(TenantRow.Meta):
        indexes = [models.Index(fields=["patient", "test", "-taken_at"], name="measurement_latest")]

    @property
    def number(self) -> Decimal:
        """The value where there must be one; a result in words has none."""
        if self.value is None:
            raise ValueError("this measurement has no number")
        return self.value


class Contact(TenantRow):
    """A caregiver or relative; ends when the person no longer serves."""

    PATIENT_PATH = "patient"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=160)
    relation = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    is_caregiver = models.BooleanField(default=False)
    is_emergency_contact = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)


class AccessDevice(ChartEntry):
    """The line the infusion runs through."""

    PATIENT_PATH = "patient"

    class Kind(models.TextChoices):
        PERIPHERAL = "peripheral", "Peripheral"
        MIDLINE = "midline", "Midline"
        PICC = "picc", "PICC"
        TUNNELED = "tunneled", "Tunneled central"
        PORT = "port", "Implanted port"
        SUBCUTANEOUS = "subcutaneous", "Subcutaneous"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="access_devices")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    lumens = models.PositiveSmallIntegerField(null=True)
    site = models.CharField(max_length=80, blank=True)
    placed_on = models.DateField(null=True)
    removed_on = models.DateField(null=True)
    tip_confirmed = models.BooleanField(null=True)


class Episode(TenantRow):
    """One course of home infusion, from referral to outcome. The referral clock runs from receipt to first
    dose.
    """

    PATIENT_PATH = "patient"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="episodes")
    number = models.CharField(max_length=30)
    therapy_id = models.CharField(max_length=40, db_index=True)
    indication = models.CharField(max_length=240, blank=True)
    icd10 = models.CharField(max_length=10, blank=True)
    prescriber = models.ForeignKey(Prescriber, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=20, default="referred", db_index=True)
    primary_nurse_id = models.BigIntegerField(null=True)
    referral_received_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    first_dose_at = models.DateTimeField(null=True)
    planned_start_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="episode_number_once")]


class Consent(TenantRow):
    """A consent signed by the patient or a representative."""

    PATIENT_PATH = "episode__patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=40, default="treatment")
    signed_by = models.CharField(max_length=160)
    relation = models.CharField(max_length=60, blank=True)
    signed_at = models.DateTimeField()
    ends_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)


class ChartLink(TenantRow):
    """A patient's, caregiver's or physician's own access to one chart, until it ends."""

    PATIENT_PATH = "patient"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="chart_links")
    user_id = models.BigIntegerField(db_index=True)
    relation = models.CharField(max_length=20)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["patient", "user_id"], condition=Q(ends_at=None), name="chart_link_once")
        ]


class BreakGlass(TenantRow):
    """A chart opened in an emergency beyond the usual reach: reason, one patient, short time, review."""

    PATIENT_PATH = "patient"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="break_glass")
    user_id = models.BigIntegerField(db_index=True)
    user_name = models.CharField(max_length=160)
    reason = models.CharField(max_length=400)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by_name = models.CharField(max_length=160, blank=True)
    review = models.CharField(max_length=20, blank=True, help_text="justified or not_justified")
    review_note = models.CharField(max_length=400, blank=True)
