"""Files of strangers: what explodes, lies about itself or reaches outside is one finding, within a moment."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import safexml

HEAD = '<?xml version="1.0"?>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))

REFUSED: list[tuple[str, bytes, str]] = [
    ("empty", b"", "xml/leeg"),
    ("blank", b" \n ", "xml/leeg"),
    ("truncated", b"<definitions><process id='a'>", "xml/afgebroken"),
    ("cut inside a tag", b"<definitions><proc", "xml/afgebroken"),
    ("text", b"geachte heer, mevrouw", "xml/ongeldig"),
    ("a zip file", b"PK\x03\x04\x14\x00\x06\x00", "xml/ongeldig"),
    ("crossed tags", b"<a><b></a></b>", "xml/ongeldig"),
    ("an attribute twice", b'<a b="1" b="2"/>', "xml/ongeldig"),
    ("an unbound prefix", b"<wijk:taak/>", "xml/ongeldig"),
    ("a NUL", b"<a>\x00</a>", "xml/ongeldig"),
    ("invalid UTF-8", b"<a>\n\xc3\x28</a>", "xml/codering"),
    ("Latin without a declaration", "<a>é</a>".encode("latin-1"), "xml/codering"),
    ("an encoding nobody knows", b'<?xml version="1.0" encoding="klare-taal"?><a/>', "xml/codering"),
    ("an encoding that is a transformation", b'<?xml version="1.0" encoding="rot13"?><a/>', "xml/codering"),
    ("a lie about the encoding", b'<?xml version="1.0" encoding="utf-16"?><a/>', "xml/codering"),
    ("a DTD", b"<!DOCTYPE definitions><definitions/>", "xml/doctype"),
    ("a DTD elsewhere", b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>', "xml/doctype"),
    ("XXE", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "xml/doctype"),
    ("XXE by parameter", b'<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>', "xml/doctype"),
    ("billion laughs", f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l9;</a>'.encode(), "xml/doctype"),
    ("a DTD in UTF-16", '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16"), "xml/doctype"),
    ("an entity without a DTD", b"<a>&x;</a>", "xml/entiteit"),
    ("6 MB", b"<a>" + b" " * (6 * 1024 * 1024) + b"</a>", "grens/omvang"),
    ("100,000 elements", b"<a>" + b"<b/>" * 100_000 + b"</a>", "grens/elementen"),
    ("61 levels", b"<a>" * 61 + b"</a>" * 61, "grens/diepte"),
    ("a million levels", b"<a>" * 1_000_000, "grens/diepte"),
    ("a long attribute", b'<a b="' + b"x" * 10_001 + b'"/>', "grens/kenmerken"),
    ("many attributes", b"<a " + b" ".join(b'b%d="1"' % n for n in range(201)) + b"/>", "grens/kenmerken"),
]


@pytest.mark.parametrize(("content", "rule"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_file_that_may_not_or_cannot_be_read_is_one_finding_within_a_second(content: bytes, rule: str) -> None:
    began = time.process_time()
    root, findings = safexml.read(content, "diagram.bpmn")
    assert time.process_time() - began < 1
    assert root is None
    assert [(finding.rule, finding.file) for finding in findings] == [(rule, "diagram.bpmn")]
    assert findings[0].sentence.endswith(".")


def test_the_finding_names_the_line() -> None:
    assert [finding.line for finding in safexml.read(b"<a>\n<b>\n</a>", "f.bpmn")[1]] == [3]
    assert [finding.line for finding in safexml.read(b"<a>\n\n\xff</a>", "f.bpmn")[1]] == [3]


@pytest.mark.parametrize(
    "content",
    [
        "<a>é</a>".encode(),
        "<a>é</a>".encode("utf-8-sig"),
        f"{HEAD}<a>é</a>".encode(),
        f"{HEAD}<a>é</a>".replace('"?>', '" encoding="UTF-16"?>').encode("utf-16"),
        f"{HEAD}<a>é</a>".replace('"?>', '" encoding="ISO-8859-1"?>').encode("latin-1"),
        f"{HEAD}<a>é</a>".replace('"?>', '" encoding="windows-1252"?>').encode("cp1252"),
    ],
)
def test_any_encoding_that_xml_allows_is_read(content: bytes) -> None:
    root, findings = safexml.read(content, "f.bpmn")
    assert findings == ()
    assert root is not None
    assert root.text == "é"


def test_comments_and_processing_instructions_are_left_out() -> None:
    root, _ = safexml.read(b"<a><!-- ' or 1=1 --><?php echo 1 ?><b/></a>", "f.dmn")
    assert root is not None
    assert [child.tag for child in root] == ["b"]


def test_what_is_just_within_the_limits_is_read() -> None:
    assert safexml.read(b"<a>" * 60 + b"</a>" * 60, "f.bpmn")[1] == ()
    assert safexml.read(b"<a>" + b"<b/>" * 19_999 + b"</a>", "f.bpmn")[1] == ()
    assert safexml.read(b'<a b="' + b"x" * 10_000 + b'"/>', "f.bpmn")[1] == ()


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_bytes_whatever_raise_an_exception(content: bytes) -> None:
    for reader in (safexml.read, safexml.read_json, safexml.read_toml):
        value, findings = reader(content, "f.bpmn")
        assert not findings or value is None


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "leeg"),
        (b"\xff", "codering"),
        (b"{", "json/ongeldig"),
        (b'{"a": 1} {"b": 2}', "json/ongeldig"),
        (b'{"a": 1, "b": 2, "a": 3}', "json/dubbel"),
        (b'{"a": {"b": 1, "b": 2}}', "json/dubbel"),
        (b'{"a": NaN}', "json/getal"),
        (b'{"a": -Infinity}', "json/getal"),
        (b"[" * 61 + b"]" * 61, "grens/diepte"),
        (b"[" * 100_000, "grens/diepte"),
        (b"1" * 101, "grens/getal"),
        (b"[" + b" " * (6 * 1024 * 1024) + b"]", "grens/omvang"),
    ],
)
def test_json_that_is_wrong_or_out_of_bounds_is_one_finding(content: bytes, rule: str) -> None:
    value, findings = safexml.read_json(content, "f.form")
    assert value is None
    assert [finding.rule for finding in findings] == [rule]


def test_json_is_read_exactly() -> None:
    content = '\ufeff{"a": [1, null, true, "é"], "b": 0.10, "c": 1e400}'.encode()
    assert safexml.read_json(content, "f.form") == ({"a": [1, None, True, "é"], "b": "0.10", "c": "1e400"}, ())


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "leeg"),
        (b"\xff", "codering"),
        (b"a =", "toml/ongeldig"),
        (b"a = 1\na = 2", "toml/ongeldig"),
        (b"a = " + b"[" * 61 + b"]" * 61, "grens/diepte"),
        (b"a = " + b"[" * 100_000, "grens/diepte"),
    ],
)
def test_toml_that_is_wrong_or_out_of_bounds_is_one_finding(content: bytes, rule: str) -> None:
    value, findings = safexml.read_toml(content, "f.toml")
    assert value is None
    assert [finding.rule for finding in findings] == [rule]


def test_toml_is_read() -> None:
    assert safexml.read_toml("[a]\nnaam = 'é'".encode(), "f.toml") == ({"a": {"naam": "é"}}, ())
