"""Rule book of bulk exports: many patients, plain or gzipped NDJSON, whole or refused (FHIR Bulk Data 2.0.0)."""

from __future__ import annotations

import gzip

import pytest

from openinfusion.core.referrals import AllergyStatus
from openinfusion.formats.fhir import bulk
from openinfusion.formats.referral import UnreadableReferral, read_bulk_files, read_bulk_folder

PATIENTS = b'{"resourceType":"Patient","id":"1"}\n{"resourceType":"Patient","id":"2"}\n'
CONDITION = b'{"resourceType":"Condition","code":{"text":"asthma"},"subject":{"reference":"Patient/2"}}\n'


def test_each_patient_gets_their_own_facts():
    package = read_bulk_files({"Patient.ndjson": PATIENTS, "Condition.ndjson.gz": gzip.compress(CONDITION, mtime=0)})
    first, second = package.patients
    assert (first.reference, first.conditions) == ("Patient/1", ())
    assert [item.path for item in second.conditions] == ["Condition.ndjson.gz:1"]
    with pytest.raises(ValueError, match="2 patients"):
        _ = package.patient


def test_files_may_come_in_any_order():
    files = {"Condition.ndjson": CONDITION, "Patient.ndjson": PATIENTS}
    assert [item.reference for item in read_bulk_files(files).patients] == ["Patient/1", "Patient/2"]


BROKEN = {
    "cut line": (PATIENTS + b'{"resourceType":"Pat', "truncated", "Patient.ndjson:3"),
    "no resource": (PATIENTS + b'{"hello":1}', "not_fhir", "Patient.ndjson:3"),
    "not JSON": (b"hello\n" + PATIENTS, "not_json", "Patient.ndjson:1"),
}


@pytest.mark.parametrize(("content", "code", "path"), BROKEN.values(), ids=BROKEN.keys())
def test_one_broken_line_refuses_the_folder(content, code, path):
    """Nothing is half imported, and the line is named."""
    with pytest.raises(UnreadableReferral) as refusal:
        read_bulk_files({"Patient.ndjson": content})
    assert (refusal.value.code, refusal.value.path) == (code, path)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"not gzip", "not_gzip"),
        (gzip.compress(PATIENTS, mtime=0)[:-12], "truncated"),
        (gzip.compress(b"", mtime=0), "empty"),
    ],
)
def test_a_damaged_archive_is_refused(content, code):
    with pytest.raises(UnreadableReferral) as refusal:
        read_bulk_files({"Patient.ndjson.gz": content})
    assert refusal.value.code == code


def test_a_decompression_bomb_stops_at_the_limit(monkeypatch):
    """A thousand blanks in thirty bytes: what counts is the unpacked size."""
    monkeypatch.setattr(bulk, "MAX_FOLDER_BYTES", 10_000)
    bomb = gzip.compress(PATIENTS + b" " * 1_000_000, mtime=0)
    assert len(bomb) < 2_000
    with pytest.raises(UnreadableReferral) as refusal:
        read_bulk_files({"Patient.ndjson.gz": bomb})
    assert refusal.value.code == "too_large"


def test_two_members_in_one_gzip_are_read():
    both = gzip.compress(PATIENTS, mtime=0) + gzip.compress(CONDITION, mtime=0)
    assert len(read_bulk_files({"all.ndjson.gz": both}).patients[1].conditions) == 1


def test_a_folder_is_read_and_other_files_are_listed(tmp_path):
    (tmp_path / "Patient.ndjson").write_bytes(PATIENTS)
    (tmp_path / "notes.txt").write_text("hello")
    package = read_bulk_folder(tmp_path)
    assert package.source_format == "fhir-bulk"
    assert [item.subject for item in package.findings if item.rule == "fhir.file_not_read"] == ["notes.txt"]


def test_a_path_that_is_no_folder_is_refused(tmp_path):
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(UnreadableReferral):
            read_bulk_folder(path)


@pytest.mark.samples
def test_the_synthea_export_is_read_whole(shared):
    """Ten living patients and three who died, every resource counted."""
    package = read_bulk_folder(shared / "samples" / "bulk-data" / "synthea-10-patients")
    assert len(package.patients) == 13
    assert sum(not patient.is_deceased for patient in package.patients) == 10
    assert all(patient.names and patient.birth_date and patient.sex and patient.phones for patient in package.patients)
    assert sum(len(patient.conditions) for patient in package.patients) == 555
    assert sum(len(patient.medications) for patient in package.patients) == 1745
    assert sum(len(patient.allergies) for patient in package.patients) == 11
    recorded = [item for item in package.patients if item.allergy_status is AllergyStatus.RECORDED]
    assert [len(item.allergies) for item in recorded] == [3, 8]
    unread = {item.detail.split()[0] for item in package.findings if item.rule == "fhir.type_not_read"}
    assert unread == {"Encounter", "Immunization", "Location"}
