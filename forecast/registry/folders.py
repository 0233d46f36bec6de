"""A model's folder of plain files: its digest, and what it must look like before it is read."""

from __future__ import annotations

import json
import zipfile
from hashlib import sha256
from math import prod
from pathlib import Path, PurePosixPath

from forecast.errors import RegistryError
from forecast.files import digest

_LARGEST = 2 << 30  # bytes a file, and an array in it, may take in memory
_MOST_FILES = 2_000
_TAKEN = frozenset({".npz", ".json", ".parquet"})


def digest_of(folder: Path) -> str:
    """Return one sha256 over the names and bytes of all files below a folder."""
    total = sha256()
    for path in _files(folder):
        total.update(f"{path.relative_to(folder).as_posix()}\0{digest(path)}\n".encode())
    return total.hexdigest()


def inspect(folder: Path) -> None:
    """Look at every file of a model before any is read.

    Only NPZ without pickles, JSON and Parquet are taken, nothing that points out of the folder,
    and nothing that would unpack to more memory than a model can need.

    Raises:
        RegistryError: a file is of another kind, leads elsewhere or unpacks to too much.
    """
    found = _files(folder)
    if not found:
        raise RegistryError(f"the model's folder {folder} is empty")
    if len(found) > _MOST_FILES:
        raise RegistryError(f"the model's folder {folder} holds {len(found)} files")
    for path in found:
        _inspect_file(path, path.relative_to(folder).as_posix())


def _files(folder: Path) -> list[Path]:
    """Return all files, in the order of their names; a link is refused, it may lead anywhere."""
    found = sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix())
    links = [p for p in (folder, *found) if p.is_symlink()]
    if links:
        raise RegistryError(f"{links[0]} in a model's folder is a link; expected plain files")
    return [p for p in found if not p.is_dir()]


def _inspect_file(path: Path, name: str) -> None:
    if path.suffix not in _TAKEN or not path.is_file():
        raise RegistryError(
            f"{name} in a model's folder is no file of a model (expected .npz, .json, .parquet)"
        )
    if path.stat().st_size > _LARGEST:
        raise RegistryError(f"{name} in a model's folder has {path.stat().st_size} bytes")
    look = {".npz": _inspect_npz, ".json": _inspect_json, ".parquet": _inspect_parquet}
    try:
        look[path.suffix](path)
    except RegistryError as error:
        raise RegistryError(f"{name} in a model's folder {error}") from None
    except Exception as error:  # whatever a reader says of bytes that are not its format
        raise RegistryError(
            f"{name} in a model's folder is not what its name says ({type(error).__name__})"
        ) from error


def _inspect_npz(path: Path) -> None:
    """Read the headers only: a pickled member or one of too large a shape is never unpacked."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            name = PurePosixPath(member.filename)
            if name.suffix != ".npy" or name.is_absolute() or ".." in name.parts:
                raise RegistryError(f"holds {member.filename!r}; expected arrays only")
            _inspect_array(archive, member)


def _inspect_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    from numpy.lib import format as npy

    with archive.open(member) as file:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, kind = read(file)
        header = file.tell()
    if kind.hasobject:
        raise RegistryError(f"holds objects in {member.filename!r}; expected numbers or text")
    size = prod(shape) * kind.itemsize
    if size > _LARGEST or size != member.file_size - header:
        raise RegistryError(
            f"declares {size} bytes for {member.filename!r} and holds {member.file_size - header}"
        )


def _inspect_json(path: Path) -> None:
    json.loads(path.read_bytes())


def _inspect_parquet(path: Path) -> None:
    import pyarrow.parquet as pq

    about = pq.read_metadata(path)
    size = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
    if size > _LARGEST or about.num_rows * max(1, about.num_columns) > _LARGEST // 8:
        raise RegistryError(f"unpacks to {about.num_rows} rows of {about.num_columns} columns")
