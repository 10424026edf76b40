"""What a file is, told from its bytes: each type that is taken, and what people try to have taken for one of them."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.filetypes import TYPES, NotTaken, judged, type_of

PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 beeld \xff\xd9"


def png(*more: bytes) -> bytes:
    parts = [(b"IHDR", b"\0" * 13), *((b"tEXt", one) for one in more), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(told)) + kind + told + b"\0\0\0\0" for kind, told in parts
    )


def packed(*names: str, **files: str) -> bytes:
    """A ZIP of these files, of which only the names matter, but for those that say what they hold."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, content in (files | dict.fromkeys(names, "x")).items():
            file.writestr(name, content)
    return made.getvalue()


def word(*names: str) -> bytes:
    return packed("[Content_Types].xml", "word/document.xml", *names)


def text(kind: str = "text", *names: str) -> bytes:
    return packed("content.xml", *names, mimetype=f"application/vnd.oasis.opendocument.{kind}")


SHEET, SLIDES = (packed("[Content_Types].xml", part) for part in ("xl/workbook.xml", "ppt/presentation.xml"))
GOOD = {
    "pdf": PDF,
    "png": png(b"Titel"),
    "jpg": JPEG,
    "jpeg": JPEG,
    "txt": "Één regel\r\n".encode(),
    "csv": "\ufeffnaam;aantal\nbank;2\n".encode(),
    "odt": text(),
    "ods": text("spreadsheet"),
    "odp": text("presentation"),
    "docx": word(),
    "xlsx": SHEET,
    "pptx": SLIDES,
}


@pytest.mark.parametrize("ending", TYPES)
def test_each_type_is_taken_under_its_own_name_and_no_other(ending: str) -> None:
    assert judged(f"Brief nr. 1 van Zoë.{ending.upper()}", GOOD[ending]).faults == ()
    assert judged(f"brief.{ending}", GOOD[ending]).type == TYPES[ending]
    others = {one for one in TYPES if TYPES[one] != TYPES[ending] and {one, ending} != {"txt", "csv"}}
    for other in others:
        (fault,) = judged(f"brief.{other}", GOOD[ending]).faults
        assert fault.field == "bestand" and f".{other}" in fault.message


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="niets"),
        pytest.param(b"MZ\x90\x00", id="programma"),
        pytest.param(b"GIF89a\x00\x01", id="gif"),
        pytest.param("naam;één".encode("cp1252"), id="geen utf-8"),
        pytest.param("naam".encode("utf-16"), id="utf-16"),
        pytest.param(b"tekst\x1b[2J", id="stuurtekens"),
        pytest.param(b"%PDF-1.7\nhalverwege", id="halve pdf"),
        pytest.param(b"%PDF-9.9\n\x00%%EOF", id="geen pdf"),
        pytest.param(png()[:-5], id="halve png"),
        pytest.param(png() + b"meer", id="png met iets erachter"),
        pytest.param(JPEG[:-2], id="halve jpeg"),
        pytest.param(PDF + word(), id="pdf en zip"),
        pytest.param(JPEG + word(), id="jpeg en zip"),
        pytest.param(b"\xff\xd8\xff" + PDF + b"\xff\xd9", id="jpeg en pdf"),
        pytest.param(b"GIF89a" + word(), id="zip met iets ervoor"),
        pytest.param(word() + b"meer", id="zip met iets erachter"),
        pytest.param(word()[:-30], id="halve zip"),
        pytest.param(b"PK\x03\x04", id="begin van een zip"),
        pytest.param(packed("brief.txt"), id="gewone zip"),
        pytest.param(packed(), id="lege zip"),
        pytest.param(b"PK\x03\x04" + packed(), id="zip zonder inhoud"),
        pytest.param(word("xl/workbook.xml"), id="twee soorten office"),
        pytest.param(word("word/vbaProject.bin"), id="macro"),
        pytest.param(word("word/VBAPROJECT.BIN"), id="macro in hoofdletters"),
        pytest.param(word("xl/macrosheets/sheet1.xml"), id="oude macro"),
        pytest.param(word("word/activeX/activeX1.xml"), id="activex"),
        pytest.param(text("text", "Basic/script.xml"), id="macro in odt"),
        pytest.param(text("text", "Scripts/python/x.py"), id="script in odt"),
        pytest.param(text("formula"), id="andere odf"),
        pytest.param(word("../etc"), id="pad naar buiten"),
        pytest.param(word("word\\x"), id="pad van windows"),
    ],
)
def test_what_is_none_of_them_or_two_of_them_is_not_taken(content: bytes) -> None:
    with pytest.raises(NotTaken):
        type_of(content)


def bomb() -> bytes:
    """A small office file that says it becomes 4 GB when somebody unpacks it."""
    content = bytearray(word())
    place = content.rfind(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<L", 2**32 - 2)
    return bytes(content)


def listing(number: int) -> bytes:
    """An office file that says that it has so many files, and has the bytes of none."""
    return b"PK\x03\x04" + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, number, number, number * 46, 4, 0)


def test_a_bomb_is_told_from_its_listing_and_costs_nothing() -> None:
    began = perf_counter()
    for content in (bomb(), listing(65_535), listing(5_000), listing(1)):
        with pytest.raises(NotTaken):
            type_of(content)
    assert perf_counter() - began < 1


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "1 tot 150"),
        ("x" * 147 + ".pdf", "1 tot 150"),
        ("../../etc/brief.pdf", "een pad"),
        ("C:\\brief.pdf", "een pad"),
        ("brief\u202efdp.pdf", "een pad of een teken"),
        ("brief\n.pdf", "een pad of een teken"),
        ("brief\0.pdf", "een pad of een teken"),
        ('"><script>.pdf', "een pad of een teken"),
        (".pdf", "punt of spatie"),
        (" brief.pdf", "punt of spatie"),
        ("brief", "wordt niet aangenomen"),
        ("brief.pdf.exe", "wordt niet aangenomen"),
        ("brief.pdf.", "wordt niet aangenomen"),
        ("brief.docm", "wordt niet aangenomen"),
    ],
)
def test_a_name_that_is_a_path_or_hides_something_is_told(name: str, told: str) -> None:
    (fault,) = judged(name, PDF).faults
    assert told in fault.message


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"%PDF-1.4", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"])
)
def test_no_bytes_make_it_fail(content: bytes, begin: bytes) -> None:
    whole = begin + content
    assert judged("a.pdf", whole).name == "a.pdf"
    for more in (word(), packed()):
        judged("a.docx", begin + content + more)
        judged("a.docx", more[:60] + content + more[60:])
