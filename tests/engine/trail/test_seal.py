"""Sealing: nothing personal stays in a submission, equal values betray nothing, and handles cannot be smuggled in."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import RecordRefused
from engine.terms import Json
from engine.trail.canonical import canonical
from engine.trail.seal import Sealed, handles_in, reference, seal, seal_form, seal_value
from tests.engine.trail.test_record import values

SALT = "000102030405060708090a0b0c0d0e0f"


def counter() -> Callable[[int], bytes]:
    numbers = count(1)
    return lambda size: next(numbers).to_bytes(size, "big")


def sealed_form(submission: dict[str, Json], *paths: str) -> tuple[dict[str, Json], tuple[Sealed, ...]]:
    return seal_form(submission, paths, compartment="zaak-1/besluit", entropy=counter())


def test_the_digest_rule_is_the_published_one() -> None:
    expected = sha256(b'wijkcyclus/sealed/v1\n["' + SALT.encode() + b'","motivering","omdat"]').hexdigest()
    assert seal("motivering", "omdat", SALT) == expected


@pytest.mark.parametrize("salt", ["", "00", SALT.upper(), SALT + "0", "g" * 32])
def test_a_salt_that_is_not_128_bits_is_refused(salt: str) -> None:
    with pytest.raises(RecordRefused):
        seal("motivering", "omdat", salt)


@given(values, st.integers(2, 6))
def test_equal_values_give_unequal_digests(value: Json, times: int) -> None:
    entropy = counter()
    made = [seal_value("n", value, compartment="c", entropy=entropy) for _ in range(times)]
    assert len({one.digest for one in made}) == times
    assert all(seal(one.name, one.value, one.salt) == one.digest for one in made)


def test_the_name_is_part_of_what_is_sealed() -> None:
    assert seal("a", "x", SALT) != seal("b", "x", SALT)


def test_a_sealed_field_leaves_only_a_handle() -> None:
    handles, made = sealed_form({"keuze": "A", "motivering": "Jan zei het"}, "motivering", "afwezig")
    assert handles == {"keuze": "A", "motivering": {"verzegeld": made[0].digest}}
    assert (made[0].name, made[0].value, made[0].compartment) == ("motivering", "Jan zei het", "zaak-1/besluit")
    assert b"Jan" not in canonical(handles)


def test_each_row_of_a_repeating_group_is_sealed_by_itself() -> None:
    rows: list[Json] = [{"veld": "locatie", "reden": "geluid"}, {"veld": "prijs", "reden": "geluid"}]
    handles, made = sealed_form({"afwijkingen": rows}, "afwijkingen.reden")
    assert [one.value for one in made] == ["geluid", "geluid"]
    assert made[0].digest != made[1].digest
    assert list(handles_in(handles)) == [one.digest for one in made]
    assert rows == [{"veld": "locatie", "reden": "geluid"}, {"veld": "prijs", "reden": "geluid"}]


def test_a_field_that_is_sealed_as_a_whole_hides_all_that_is_in_it() -> None:
    handles, made = sealed_form({"adres": {"straat": "S", "nummer": 3}}, "adres", "adres.straat")
    assert list(handles) == ["adres"]
    assert [one.value for one in made] == [{"straat": "S", "nummer": 3}]


@pytest.mark.parametrize("empty", [None, "", "  \n", [], {}])
def test_an_empty_value_is_not_sealed_so_that_the_rules_see_that_it_is_missing(empty: Json) -> None:
    assert sealed_form({"motivering": empty}, "motivering") == ({"motivering": empty}, ())


@pytest.mark.parametrize("value", [0, False])
def test_zero_and_false_are_values_and_are_sealed(value: Json) -> None:
    assert len(sealed_form({"x": value}, "x")[1]) == 1


@pytest.mark.parametrize(
    "submission",
    [
        {"motivering": {"verzegeld": "a" * 64}},
        {"open": {"verzegeld": "a" * 64}},
        {"open": {"verzegeld": "iets anders"}},
        {"rijen": [{"x": [{"verzegeld": "a" * 64, "y": 1}]}]},
        {"verzegeld": "a" * 64},
    ],
)
def test_a_submission_cannot_bring_a_handle_of_its_own(submission: dict[str, Json]) -> None:
    with pytest.raises(RecordRefused, match="al verzegeld"):
        sealed_form(submission, "motivering")


@given(st.dictionaries(st.sampled_from("abc"), values, max_size=3), st.sets(st.sampled_from(["a", "b", "a.b", "c.a"])))
def test_opening_every_handle_gives_the_submission_back(submission: dict[str, Json], paths: set[str]) -> None:
    if "verzegeld" in str(submission):
        return
    handles, made = sealed_form(submission, *paths)
    values_by_digest = {one.digest: one.value for one in made}

    def opened(value: Json) -> Json:
        if isinstance(value, dict):
            digest = value.get("verzegeld")
            if isinstance(digest, str):
                return values_by_digest[digest]
            return {key: opened(item) for key, item in value.items()}
        return [opened(item) for item in value] if isinstance(value, list) else value

    assert opened(handles) == submission
    assert set(handles_in(handles)) == set(values_by_digest)


# --- references ---

SECRET = b"s" * 32


def test_an_official_has_one_reference_and_a_resident_one_for_each_case() -> None:
    assert reference(SECRET, "p1") == reference(SECRET, "p1")
    assert reference(SECRET, "p1", "zaak-1") != reference(SECRET, "p1", "zaak-2") != reference(SECRET, "p1")
    assert len(reference(SECRET, "p1")) == 32


def test_references_of_another_secret_or_of_joined_names_never_meet() -> None:
    assert reference(SECRET, "p1") != reference(b"t" * 32, "p1")
    assert reference(SECRET, "a", "bc") != reference(SECRET, "ab", "c")


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(RecordRefused, match="32 bytes"):
        reference(b"kort", "p1")
