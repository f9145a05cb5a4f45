"""WeasyPrint: imported when the first PDF is made, as quickly as the machine allows."""

import ctypes.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from functools import cache
from importlib import import_module
from io import StringIO
from types import ModuleType
from typing import Any

from dsr.errors import UnavailableError

PANGO_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
# WeasyPrint imports these, a sixth of its whole import, for machines without harfbuzz-subset.
SELDOM_USED = ("fontTools.subset", "fontTools.varLib.instancer")


class PdfUnavailableError(UnavailableError):
    """WeasyPrint or one of the libraries it needs is missing."""

    default_code = "no_pdf"

    def __init__(self) -> None:
        super().__init__(
            "The PDF cannot be made: the Pango library is missing on this machine.",
            hint=f"Install it: sudo apt-get install {PANGO_PACKAGES} (others: see dsr doctor)",
        )


@cache
def load_weasyprint() -> Any:
    """Import WeasyPrint, which takes most of a second, without what it prints where it fails.

    Raises PdfUnavailableError where a library it needs is missing.
    """
    with redirect_stdout(StringIO()):
        try:
            with _libraries_by_name(), _put_off(*SELDOM_USED):
                return _weasyprint()
        except (ImportError, OSError):
            pass  # then by searching the machine, as WeasyPrint does it alone
        try:
            return _weasyprint()
        except (ImportError, OSError) as error:
            raise PdfUnavailableError from error


def _weasyprint() -> Any:
    import weasyprint
    import weasyprint.text.fonts
    import weasyprint.urls

    return weasyprint


@contextmanager
def _libraries_by_name() -> Iterator[None]:
    """Let libraries be found by the linker alone, without a search of the machine.

    WeasyPrint asks for each library by the names it has on other systems first, and for every one
    of these Python runs ldconfig, gcc and ld: two hundred processes, a third of the whole import.
    On Linux the name by which the linker knows the library stands later in the same list.
    """
    searched = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None  # noqa: ARG005
    try:
        yield
    finally:
        ctypes.util.find_library = searched


class _PutOff(ModuleType):
    """Stands for a module of functions, which is imported when one of them is called."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return getattr(import_module(self.__name__), name)(*args, **kwargs)

        return call


@contextmanager
def _put_off(*names: str) -> Iterator[None]:
    """Let what is imported inside get a stand-in for the modules called so, and nobody else."""
    stand_ins = {name: _PutOff(name) for name in names if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            sys.modules.pop(name, None)


@cache
def fonts(weasyprint: Any) -> Any:
    """One font configuration a process: making it costs a third of a letter."""
    return weasyprint.text.fonts.FontConfiguration()
