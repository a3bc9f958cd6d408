"""``certificates.toml`` in the data folder: with which key certificates are signed.

    [key]
    driver = "file"
    file = "certificate-key.p12"         # PKCS#12, or PEM with the key and its certificates
    password_file = "certificate-key.password"

    [key]
    driver = "pkcs11"                    # a smart card, a USB token, an HSM
    module = "/usr/lib/softhsm/libsofthsm2.so"
    token = "hall"
    key = "certificates"
    pin_file = "certificate-key.pin"
    certificate = "certificate.pem"      # and its issuers; else the token's own of that name

Files are meant relative to the data folder. Without ``certificates.toml`` nothing is signed, and 样张 stands
across every page. Passwords stand in files of their own, so that none is ever in a process list or a log.
"""

from __future__ import annotations

import logging
import stat
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .keys import KeyFault, Signer, file_signer, token_signer

log = logging.getLogger(__name__)

FILE = "certificates.toml"

Filename = Annotated[str, Field(min_length=1, max_length=512)]


class SettingsError(Exception):
    """``certificates.toml`` or what it names cannot be used; says where and what to do. Tells no secret."""


class Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class FileTable(Table):
    driver: Literal["file"]
    file: Filename
    certificate: str = ""
    """Where the certificates are in a file of their own."""
    password_file: str = ""


class TokenTable(Table):
    driver: Literal["pkcs11"]
    module: Filename
    token: Annotated[str, Field(min_length=1, max_length=64)]
    key: Annotated[str, Field(min_length=1, max_length=128)]
    pin_file: Filename
    certificate: str = ""


class File(Table):
    key: Annotated[FileTable | TokenTable, Field(discriminator="driver")]


def read_signer(folder: Path) -> Signer | None:
    """The signer that ``certificates.toml`` in ``folder`` names, tried once; None: there is none.

    Raises SettingsError; ModuleNotFoundError naming the extra that a token needs.
    """
    path = folder / FILE
    try:
        told = File.model_validate(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8: save it so") from None
    except tomllib.TOMLDecodeError as error:
        # It tells the line and the column, never the text.
        raise SettingsError(f"{path} is not TOML: {error}") from None
    except ValidationError as error:
        raise SettingsError("\n".join([f"{path} cannot be used:", *_faults(error)])) from None
    try:
        return _signer(folder, told.key)
    except KeyFault as fault:
        raise SettingsError(f"{path}: {fault}") from None


def _signer(folder: Path, key: FileTable | TokenTable) -> Signer:
    if isinstance(key, FileTable):
        _only_ours(folder / key.file)
        password = _secret(folder, key.password_file, "password_file") if key.password_file else None
        return file_signer(folder / key.file, folder / key.certificate if key.certificate else None, password)
    pin = _secret(folder, key.pin_file, "pin_file")
    certificate = folder / key.certificate if key.certificate else None
    return token_signer(key.module, key.token, key.key, pin, certificate)


def _secret(folder: Path, name: str, what: str) -> str:
    path = folder / name
    _only_ours(path)
    try:
        return path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise KeyFault(f"key.{what} {path} cannot be read: {reason}") from None


def _only_ours(path: Path) -> None:
    try:
        open_to_all = path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH)
    except OSError:
        return
    if open_to_all:
        log.warning("%s holds a secret and others can read it: run 'chmod 600 %s'", path, path)


def _faults(error: ValidationError) -> list[str]:
    return [
        f"  {'.'.join(str(step) for step in one['loc'] if step != 'pkcs11') or 'file'}: {one['msg']}"
        for one in error.errors(include_input=False, include_url=False)
    ]
