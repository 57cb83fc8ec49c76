"""Files as bytes: records counted as Python's csv module counts them, encodings, headers, torn files."""

import csv
import gzip
import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import SourceError
from geo.readers import files
from geo.readers.files import (
    as_utf8,
    count_records,
    delimiter_of,
    encoding_of,
    ends_with_newline,
    header_of,
    locate,
    sha256,
)

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

# Lone carriage returns are left out: they end a record for csv, and none here.
cells = st.lists(st.sampled_from(["a", '"', " ", ",", ";", "\n", "\r\n", "\t", "é", "1"]), max_size=6).map(
    "".join
)
tables = st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=8)


def put(folder: Path, data: bytes, name: str = "x.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def counted_by_csv(text: str) -> int:
    return sum(1 for record in csv.reader(io.StringIO(text, newline="")) if record)


def test_a_missing_and_an_empty_file_are_named(tmp_path: Path) -> None:
    put(tmp_path, b"", "empty.csv")
    with pytest.raises(SourceError, match=r"Source 'it': there is no file 'a/b\.csv' below the data root"):
        locate(tmp_path, "a/b.csv", "it")
    with pytest.raises(SourceError, match=r"Source 'it': 'empty\.csv' is empty"):
        locate(tmp_path, "empty.csv", "it")
    assert locate(tmp_path, put(tmp_path, b"a").name, "it") == tmp_path / "x.csv"


def test_the_hash_is_of_the_bytes_on_disk(tmp_path: Path) -> None:
    data = gzip.compress(b"a,b\n" * 1000)
    assert sha256(put(tmp_path, data, "x.csv.gz")) == hashlib.sha256(data).hexdigest()


@QUICK
@given(
    table=tables,
    line_end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    blank_after=st.sets(st.integers(0, 8)),
    ends=st.booleans(),
    chunk=st.integers(1, 9),
)
def test_records_are_counted_as_csv_counts_them(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    table: list[list[str]],
    line_end: str,
    quoting: int,
    blank_after: set[int],
    ends: bool,  # noqa: FBT001
    chunk: int,
) -> None:
    text, blank_lines, lines = f"a,b{line_end}", [], 1
    for n, row in enumerate(table):
        written = io.StringIO(newline="")
        csv.writer(written, quoting=quoting, lineterminator=line_end).writerow(row)  # type: ignore[arg-type]
        text += written.getvalue()
        lines += 1
        if n in blank_after:
            text += line_end
            lines += 1
            blank_lines.append(lines)
    if not ends and text.endswith(line_end) and not text.endswith(line_end * 2):
        text = text.removesuffix(line_end)
    monkeypatch.setattr(files, "_CHUNK", chunk)
    found = count_records(put(tmp_path, text.encode()))
    assert found.count == counted_by_csv(text) == len(table) + 1
    assert not found.is_inside_quotes
    assert found.blank_lines == blank_lines


@QUICK
@given(table=tables, where=st.data(), chunk=st.sampled_from([3, 1 << 22]))
def test_a_file_cut_anywhere_within_quotes_is_known_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: list[list[str]], where: st.DataObject, chunk: int
) -> None:
    monkeypatch.setattr(files, "_CHUNK", chunk)
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([["a", "b"], *table])
    text = written.getvalue()
    cut = text[: where.draw(st.integers(1, len(text)))]
    # Every value is quoted, so the quotes' number alone says where it was cut.
    assert count_records(put(tmp_path, cut.encode())).is_inside_quotes == (cut.count('"') % 2 == 1)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('a,b\n1,5" pipe\n2,6" pipe\n3,x\n', 4),
        ('a,b\n1,5" pipe\n2,x\n', 3),
        ('a,b\n1,say ""so""\n2,"x\ny"\n', 3),
        ('a,b\n1,5" pipe\n2,"a ""b"", c"\n3,"d"\n', 4),
        ('a,b\n1,5" pipe\n\n2,"x\n\ny"\r\n3,z', 4),
        ('a;b\n1;5" pipe\n2;"x\n,""y"\n', 3),
    ],
)
@pytest.mark.parametrize("chunk", [1, 7, 1 << 22])
def test_a_quote_inside_a_value_opens_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, count: int, chunk: int
) -> None:
    path = put(tmp_path, text.encode())
    delimiter = ";" if ";" in text else ","
    assert sum(1 for r in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if r) == count
    monkeypatch.setattr(files, "_CHUNK", chunk)
    found = count_records(path)
    assert (found.count, found.is_inside_quotes) == (count, False)


def test_a_quote_that_never_closes_is_told_beside_a_stray_one(tmp_path: Path) -> None:
    found = count_records(put(tmp_path, b'a,b\n1,5" pipe\n2,"x\n3,y\n'))
    assert (found.count, found.is_inside_quotes) == (3, True)


def test_blank_lines_are_placed_beside_a_stray_quote(tmp_path: Path) -> None:
    found = count_records(put(tmp_path, b'a,b\n\n1,5" pipe\n2,"x\n\ny"\n\r\n3,y\n'))
    assert (found.count, found.blank_lines) == (4, [2, 5])


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"a,b\n1,2\n", "utf-8"),
        ("a,b\n1,£\n".encode(), "utf-8"),
        ("a,b\n1,£\n".encode("utf-8-sig"), "utf-8"),
        ("a,b\n1,£\n".encode("latin-1"), "cp1252"),
        (b"a,b\n1,it\x92s\n", "cp1252"),
    ],
)
@pytest.mark.parametrize("chunk", [2, 1 << 22])
def test_encoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, encoding: str, chunk: int
) -> None:
    monkeypatch.setattr(files, "_CHUNK", chunk)
    assert encoding_of(put(tmp_path, data)) == encoding
    assert encoding_of(put(tmp_path, gzip.compress(data), "x.csv.gz")) == encoding


def test_utf16_and_binary_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"'x\.csv' is in UTF-16\. Save it as CSV UTF-8"):
        encoding_of(put(tmp_path, "a,b\n1,2\n".encode("utf-16")))
    with pytest.raises(SourceError, match=r"'x\.csv' holds NUL bytes"):
        encoding_of(put(tmp_path, b"a,b\n1,2\n\0\0\0\0"))


def test_windows_text_is_copied_as_utf8_and_the_copy_goes(tmp_path: Path) -> None:
    path = put(tmp_path, b"it\x92s \xa3\x81")
    with as_utf8(path, "cp1252") as copy:
        assert copy.read_text("utf-8") == "it\u2019s £\ufffd"
    assert not copy.exists()
    with as_utf8(path, "utf-8") as same:
        assert same == path
    assert path.exists()


def test_a_torn_gz_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(b"%d,x\n" % (n * 7919) for n in range(5000)))
    torn = put(tmp_path, whole[: len(whole) // 2], "x.csv.gz")
    for read in (encoding_of, count_records, ends_with_newline):
        with pytest.raises(SourceError, match=r"'x\.csv\.gz' is a torn \.gz file"):
            read(torn)


def test_a_file_that_is_no_gz_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"torn \.gz"):
        encoding_of(put(tmp_path, b"a,b\n1,2\n", "x.csv.gz"))


@pytest.mark.parametrize(
    ("text", "delimiter", "names"),
    [
        ("a,b c,d", ",", ["a", "b c", "d"]),
        ("a\tb,c\td", "\t", ["a", "b,c", "d"]),
        ("a;b;c,d", ";", ["a", "b", "c,d"]),
        ("a|b", "|", ["a", "b"]),
        ('"a;b;c;d","e"', ",", ["a;b;c;d", "e"]),
        (' a ,"b,c",', ",", ["a", "b,c", ""]),
        ("\ufeffa,b", ",", ["a", "b"]),
        ('\ufeff"a",b', ",", ["a", "b"]),
        ("alone", ",", ["alone"]),
    ],
)
def test_delimiter_and_header(tmp_path: Path, text: str, delimiter: str, names: list[str]) -> None:
    path = put(tmp_path, f"{text}\n1,2;3\t4\n".encode())
    assert delimiter_of(path) == delimiter
    assert header_of(path, "utf-8", delimiter) == names


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b,a\n", "column 'a' is in the header twice"),
        ("<!DOCTYPE html>\n<html>\n", "is a web page, not a table"),
        ("<html><head>\n", "is a web page, not a table"),
        ("\na,b\n1,2\n", "begins with a blank line"),
    ],
)
def test_headers_that_are_none(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SourceError, match=rf"'x\.csv'.*{said}"):
        header_of(put(tmp_path, text.encode()), "utf-8", ",")


@pytest.mark.parametrize(
    ("data", "ends"), [(b"a\n", True), (b"a\nb", False), (b"a\r\n", True), (b"a\n\r", False)]
)
def test_whether_the_last_byte_is_a_line_feed(tmp_path: Path, data: bytes, ends: bool) -> None:  # noqa: FBT001
    assert ends_with_newline(put(tmp_path, data)) is ends
