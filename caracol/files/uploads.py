"""
Taking files in: each is sealed while it arrives, under a key of its own, before anything of it touches the disk.

Everywhere else than in a view marked by `takes_files`, files that come with a form are passed over unread.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import wraps
from pathlib import PurePath
from typing import Any, Concatenate, ParamSpec, cast

from django.core.files import File
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import get_random_string
from django.views.decorators.csrf import csrf_protect

from caracol.files.contents import AsItCame, content_of
from caracol.files.faults import MOST_BYTES, Fault, Unfit
from caracol.files.kinds import HEAD_BYTES, HEIC, KINDS, fitting_name, kind_of
from caracol.files.shelf import clear, shelf
from caracol.vault import box
from caracol.vault.stream import Sealer

LONGEST_NAME = 100
MOST_AT_ONCE = 5
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]


@dataclass
class Upload:
    """
    One file as it came to rest: sealed on the shelf under `token`, or not taken, with the `fault` that says why.

    `name`, `key` and `digest` (SHA-256 of what was sealed, hex) are for an entry's seal, and nothing else.
    """

    name: str = field(repr=False)
    token: str = field(default_factory=lambda: get_random_string(26, _ALPHABET))
    key: bytes = field(default_factory=box.new_key, repr=False)
    kind: str = ""
    size: int = 0
    digest: str = field(default="", repr=False)
    fault: Fault | None = None
    kept: bool = False

    def close(self) -> None:
        """Do nothing: Django closes whatever came with a form, and what becomes of this is decided before."""


def bound_to(token: str) -> bytes:
    """Return what a sealed file is bound to: its own place on the shelf."""
    return f"caracol file {token}".encode()


class Taking:
    """One file on its way from the browser to the shelf. It never holds more of it than a message, but for a photo."""

    def __init__(self, name: str) -> None:
        self.upload = Upload(unicodedata.normalize("NFC", name))
        self._arrived = 0
        self._head = b""
        self._content: AsItCame | None = None
        self._digest = hashlib.sha256()
        self._sealer = Sealer(self.upload.key, bound=bound_to(self.upload.token))
        self._file: File[bytes] | None = None

    def add(self, content: bytes) -> None:
        """Take in some of the file; once there is a fault, let the rest of it pass."""
        self._arrived += len(content)
        if self.upload.fault is None:
            self._try(lambda: self._look_at(content))

    def end(self) -> Upload:
        """Return the file as it came to rest."""
        if self.upload.fault is None:
            self._try(self._finish)
        return self.upload

    def drop(self, fault: Fault) -> None:
        """Take the file from the shelf again, unless somebody keeps it."""
        if not self.upload.kept:
            self._let_go(fault)

    def _try(self, do: Callable[[], None]) -> None:
        try:
            do()
        except Unfit as unfit:
            self._let_go(unfit.fault)
        except OSError:
            self._let_go(Fault.NO_ROOM)

    def _let_go(self, fault: Fault) -> None:
        self.upload.fault = fault
        if self._file is not None:
            # What can't be taken from the shelf now is swept from it a day later.
            for let_go in (self._file.close, lambda: clear([self.upload.token])):
                with suppress(OSError):
                    let_go()

    def _look_at(self, content: bytes) -> None:
        if self._arrived > MOST_BYTES:
            raise Unfit(Fault.TOO_BIG)
        if self._content is not None:
            self._seal(self._content.add(content))
            return
        self._head += content
        if len(self._head) >= HEAD_BYTES:
            self._begin()

    def _begin(self) -> AsItCame:
        if not self._head:
            raise Unfit(Fault.EMPTY)
        kind = kind_of(self._head[:HEAD_BYTES])
        if kind not in KINDS:
            raise Unfit(Fault.HEIC if kind == HEIC else Fault.KIND)
        self.upload.kind = kind
        self._content = content_of(kind)
        self._seal(self._content.add(self._head))
        return self._content

    def _finish(self) -> None:
        content = self._content or self._begin()
        self._seal(content.end())
        self._write(self._sealer.end())
        if self._file is not None:
            self._file.close()
        self.upload.name = fitting_name(_shortened(self.upload.name), self.upload.kind)
        self.upload.digest = self._digest.hexdigest()

    def _seal(self, content: bytes) -> None:
        self.upload.size += len(content)
        self._digest.update(content)
        self._write(self._sealer.add(content))

    def _write(self, sealed: bytes) -> None:
        if self._file is None and sealed:
            self._file = shelf().open(self.upload.token, "wb")
            self._file.write(self._sealer.header)
        if self._file is not None:
            self._file.write(sealed)


def _shortened(name: str) -> str:
    """Return a name of bounded length, with the ending it had."""
    ending = PurePath(name).suffix[:10]
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - len(ending)] + ending


class SealingHandler(FileUploadHandler):
    """Seals the files of a form as they arrive; the views get an Upload for each."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._takings: list[Taking] = []

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin with the next file of the form."""
        super().new_file(*args, **kwargs)
        self._takings.append(Taking(self.file_name or ""))
        if len(self._takings) > MOST_AT_ONCE:
            self._takings[-1].drop(Fault.TOO_MANY)

    def receive_data_chunk(self, raw_data: bytes, _start: int) -> None:
        """Seal what has arrived."""
        self._takings[-1].add(raw_data)

    def file_complete(self, _file_size: int) -> Any:
        """Return the file as it came to rest."""
        return self._takings[-1].end()

    def upload_interrupted(self) -> None:
        """Let go of the file that broke off."""
        self._takings[-1].drop(Fault.BROKEN_OFF)

    def let_go(self) -> None:
        """Take from the shelf what nobody keeps."""
        for taking in self._takings:
            taking.drop(Fault.NOT_KEPT)


class PassingOver(FileUploadHandler):
    """Passes over the files of a form unread: where none is asked for, none is taken."""

    def new_file(self, *_args: Any, **_kwargs: Any) -> None:
        """Take nothing of it."""
        raise SkipFile


def takes_files(view: View[Rest]) -> View[Rest]:
    """
    Let a view take in files. Until it is called nothing of the form was read: check who asks before.

    What the view does not keep is taken from the shelf again. The check against forged forms happens here, so the
    address itself must be marked csrf_exempt: Django's own check would read the form before anybody was asked.
    """

    @wraps(view)
    def sealing(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        handler = SealingHandler(request)
        request.upload_handlers = [handler]
        try:
            return csrf_protect(view)(request, *args, **kwargs)
        finally:
            handler.let_go()

    return cast("View[Rest]", sealing)
