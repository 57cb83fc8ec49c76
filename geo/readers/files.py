"""Files as bytes: where they are, their hash, their encoding, their header, and how many records they hold."""

import codecs
import csv
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, cast

import numpy as np

from geo.errors import SourceError

_CHUNK = 1 << 22
_LONGEST_HEADER = 1 << 20
# No row of any publisher is near this long, and whoever reads lines holds one whole.
_LONGEST_LINE = 1 << 24
_LONGEST_RECORD = 1 << 18
# Text packs ten to one, and fifty where it repeats itself; a bomb packs a thousand.
_MOST_PACKED, _UNPACKED_FREELY = 200, 1 << 26
_QUOTE, _LF, _CR = b'"\n\r'


def locate(root: Path, path: str, source: str) -> Path:
    """Return the file of a source below the data root.

    Raises:
        SourceError: there is no such file, or it is empty.
    """
    found = root / path
    if not found.is_file():
        raise SourceError(
            f"Source '{source}': there is no file '{path}' below the data root '{root}'. "
            "Give the data root with --data or PLACELINE_DATA, or mend the path in the region file."
        )
    if found.stat().st_size == 0:
        raise SourceError(f"Source '{source}': '{path}' is empty. Fetch it again.")
    return found


def sha256(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_bytes(path: Path) -> BinaryIO:
    """Open a file for reading, unzipping .gz."""
    return cast("BinaryIO", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def encoding_of(path: Path, *, has_lines: bool = False) -> str:
    """Return utf-8 if the whole file is, and otherwise cp1252 (Windows' Latin-1, which Excel writes).

    Args:
        path: the file.
        has_lines: True where it is to be read line by line: then none may be longer than 16 MB.

    Raises:
        SourceError: the file is UTF-16, binary, a torn .gz or one that unpacks without end, or its lines do not end.
    """
    utf8 = codecs.getincrementaldecoder("utf-8")()
    encoding = "utf-8"
    for n, chunk in enumerate(_bounded(path, _LONGEST_LINE if has_lines else None)):
        if n == 0 and chunk[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            raise SourceError(f"'{path.name}' is in UTF-16. Save it as CSV UTF-8.")
        if b"\0" in chunk:
            raise SourceError(
                f"'{path.name}' holds NUL bytes: it is not a text file, or it was cut off while written."
            )
        if encoding == "utf-8":
            try:
                utf8.decode(chunk)
            except UnicodeDecodeError:
                encoding = "cp1252"
    return encoding


def header_of(path: Path, encoding: str, delimiter: str) -> list[str]:
    """Return the column names of a delimited file's first record, without a byte-order mark.

    Raises:
        SourceError: the first line is blank, a name is given twice, or the file is a web page.
    """
    with io.TextIOWrapper(
        open_bytes(path), encoding.replace("utf-8", "utf-8-sig"), errors="replace", newline=""
    ) as text:
        names = [name.strip() for name in next(csv.reader(text, delimiter=delimiter), [])]
    named = [name for name in names if name]
    if twice := sorted({name for name in named if named.count(name) > 1}):
        raise SourceError(f"'{path.name}': column '{twice[0]}' is in the header twice.")
    if not named:
        raise SourceError(f"'{path.name}' begins with a blank line: its header must be the first.")
    if names[0].lstrip().lower().startswith(("<!doctype", "<html", "<?xml")):
        raise SourceError(f"'{path.name}' is a web page, not a table. The download failed; fetch it again.")
    return names


def delimiter_of(path: Path) -> str:
    """Return the delimiter that the first line holds most often outside quotes: comma, tab, semicolon or bar."""
    with open_bytes(path) as file:
        line = re.sub(rb'"[^"]*"', b"", file.readline(_LONGEST_HEADER))
    return max((",", "\t", ";", "|"), key=lambda mark: line.count(mark.encode()))


@dataclass(frozen=True)
class Records:
    """The lines of a delimited file, as a parser ought to see them; a record within quotes is one line.

    `count` includes the header. `is_inside_quotes` is true where the file ends inside a quoted value: it
    was cut off, or a quote is stray. `blank_lines` are the positions, from 1, of lines that are no record.
    """

    count: int
    is_inside_quotes: bool
    blank_lines: list[int]


def count_records(path: Path) -> Records:
    """Count the records of a delimited file, header included, without parsing it.

    A record ends at a line feed outside double quotes; blank lines are none. It is the independent count
    that a parser's rows are held against. A quote opens a value only where the value begins: one inside a
    value (a 5" pipe) is a character like any other, and a file that has such is counted line by line.
    """
    delimiter = delimiter_of(path)
    return _count_by_parity(path, delimiter) or _count_by_line(path, delimiter)


def _count_by_parity(path: Path, delimiter: str) -> Records | None:
    # Quotes are doubled inside quotes, so an odd number of them so far means inside; null if one is stray.
    records, inside, blank, before, lines = 0, False, True, _LF, 0
    blank_lines: list[int] = []
    openers = np.frombuffer(b'" \n\r\xbf' + delimiter.encode(), dtype=np.uint8)
    for chunk in _chunks(path):
        data = np.frombuffer(chunk, dtype=np.uint8)
        quotes = np.cumsum(data == _QUOTE) + inside
        opening = np.flatnonzero((data == _QUOTE) & (quotes % 2 == 1))
        ahead = np.where(opening > 0, data[opening - 1], before)
        if not np.isin(ahead, openers).all():
            return None
        ends = np.flatnonzero((data == _LF) & (quotes % 2 == 0))
        solid = np.cumsum((data != _LF) & (data != _CR))
        at_ends = solid[ends]
        filled = np.diff(at_ends, prepend=0) > 0
        if len(ends):
            filled[0] |= not blank
            blank = bool(solid[-1] == at_ends[-1])
        else:
            blank = blank and bool(solid[-1] == 0)
        records += int(filled.sum())
        blank_lines += (lines + 1 + np.flatnonzero(~filled)).tolist()
        lines += len(ends)
        inside, before = bool(quotes[-1] % 2), int(data[-1])
    return Records(records + (not blank), inside, blank_lines)


def _count_by_line(path: Path, delimiter: str) -> Records:
    mark = re.escape(delimiter.encode())
    # A value in quotes, then whatever stands before the next delimiter; or a value without.
    value = re.compile(rb' *"(?:[^"]|"")*"[^%b]*|(?! *")[^%b]*' % (mark, mark))
    records, lines, held = 0, 0, b""
    blank_lines: list[int] = []
    with open_bytes(path) as file:
        for line in file:
            # To look again from its start with every line takes for ever; one without a quote does not end it.
            is_within = bool(held) and b'"' not in line
            held += line
            if len(held) > _LONGEST_RECORD:
                return Records(records + 1, is_inside_quotes=True, blank_lines=blank_lines)
            if is_within or _ends_inside(held.rstrip(b"\r\n"), value):
                continue
            lines += 1
            if held.strip(b"\r\n"):
                records += 1
            else:
                blank_lines.append(lines)
            held = b""
    return Records(records + bool(held), bool(held), blank_lines)


def _ends_inside(line: bytes, value: re.Pattern[bytes]) -> bool:
    at = 0
    while found := value.match(line, at):
        at = found.end() + 1
        if at > len(line):
            return False
    return True


@contextmanager
def as_utf8(path: Path, encoding: str) -> Iterator[Path]:
    """Give a file to a parser that reads UTF-8 only: itself, or a copy that is removed afterwards."""
    if encoding == "utf-8":
        yield path
        return
    with NamedTemporaryFile(suffix=".csv") as copy:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        for chunk in _chunks(path):
            copy.write(decoder.decode(chunk).encode())
        copy.flush()
        yield Path(copy.name)


def ends_with_newline(path: Path) -> bool:
    """Tell whether the last byte is a line feed."""
    last = b""
    for chunk in _chunks(path):
        last = chunk[-1:]
    return last == b"\n"


def _bounded(path: Path, longest_line: int | None) -> Iterator[bytes]:
    """Give the chunks of a file while what it unpacks to, and its longest line, are what a table may be."""
    packed, unpacked, line = path.stat().st_size, 0, 0
    for chunk in _chunks(path):
        unpacked += len(chunk)
        if unpacked > max(_UNPACKED_FREELY, _MOST_PACKED * packed):
            raise SourceError(
                f"'{path.name}' unpacks to more than {_MOST_PACKED} times its size: it is no table. Fetch it again."
            )
        line = len(chunk) - chunk.rfind(b"\n") - 1 if b"\n" in chunk else line + len(chunk)
        if longest_line is not None and line > longest_line:
            raise SourceError(
                f"'{path.name}' has a line of more than {longest_line >> 20} MB: it is no table of rows. "
                "Its line ends were lost, or it is another kind of file."
            )
        yield chunk


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with open_bytes(path) as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(f"'{path.name}' is a torn .gz file ({error}). Fetch it again.") from error
