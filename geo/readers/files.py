"""Files as bytes: where they are, their hash, their encoding, their header, and how many records they hold."""

import codecs
import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from geo.errors import SourceError

_CHUNK = 1 << 22
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


def encoding_of(path: Path) -> str:
    """Return utf-8 or latin-1, whichever the whole file is.

    Raises:
        SourceError: the file is UTF-16, binary, or a torn .gz.
    """
    utf8 = codecs.getincrementaldecoder("utf-8")()
    encoding = "utf-8"
    for n, chunk in enumerate(_chunks(path)):
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
                encoding = "latin-1"
    return encoding


def header_of(path: Path, encoding: str, delimiter: str) -> list[str]:
    """Return the column names of a delimited file's first record, without a byte-order mark.

    Raises:
        SourceError: a name is given twice or the file has one line of prose.
    """
    with io.TextIOWrapper(open_bytes(path), encoding.replace("utf-8", "utf-8-sig"), newline="") as text:
        names = [name.strip() for name in next(csv.reader(text, delimiter=delimiter), [])]
    named = [name for name in names if name]
    if twice := sorted({name for name in named if named.count(name) > 1}):
        raise SourceError(f"'{path.name}': column '{twice[0]}' is in the header twice.")
    if names and names[0].lstrip().lower().startswith(("<!doctype", "<html", "<?xml")):
        raise SourceError(f"'{path.name}' is a web page, not a table. The download failed; fetch it again.")
    return names


def delimiter_of(path: Path) -> str:
    """Return the delimiter that the first line holds most often: comma, tab, semicolon or bar."""
    with open_bytes(path) as file:
        line = file.readline(_CHUNK)
    return max((",", "\t", ";", "|"), key=lambda mark: line.count(mark.encode()))


def count_records(path: Path) -> tuple[int, bool]:
    """Count the records of a delimited file, header included, without parsing it.

    A record ends at a line feed outside double quotes; blank lines are none. It is the independent count
    that a parser's rows are held against.

    Returns:
        The count, and whether the file ends inside quotes (so it was cut off, or a quote is stray).
    """
    records, inside, blank = 0, False, True
    for chunk in _chunks(path):
        data = np.frombuffer(chunk, dtype=np.uint8)
        quotes = np.cumsum(data == _QUOTE) + inside
        outside = quotes % 2 == 0
        ends = np.flatnonzero((data == _LF) & outside)
        solid = np.cumsum((data != _LF) & (data != _CR))
        at_ends = solid[ends]
        filled = np.diff(at_ends, prepend=0) > 0
        if len(ends):
            filled[0] |= not blank
            blank = bool(solid[-1] == at_ends[-1])
        else:
            blank = blank and bool(solid[-1] == 0)
        records += int(filled.sum())
        inside = bool(quotes[-1] % 2)
    return records + (not blank), inside


def ends_with_newline(path: Path) -> bool:
    """Tell whether the last byte is a line feed."""
    last = b""
    for chunk in _chunks(path):
        last = chunk[-1:]
    return last == b"\n"


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with open_bytes(path) as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(f"'{path.name}' is a torn .gz file ({error}). Fetch it again.") from error
