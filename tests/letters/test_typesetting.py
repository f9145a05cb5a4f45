"""WeasyPrint is found the quick way, and the slow way where the quick one does not work."""

import subprocess
import sys

import pytest

from dsr.letters.typesetting import PdfUnavailableError, load_weasyprint


@pytest.fixture(autouse=True)
def _with_pango() -> None:
    try:
        load_weasyprint()
    except PdfUnavailableError as error:
        pytest.skip(error.sentence)


def loaded(prelude: str) -> str:
    """What a fresh process prints that loads WeasyPrint after *prelude*."""
    program = (
        "import ctypes.util, sys\n"
        f"{prelude}\n"
        "from dsr.letters.typesetting import load_weasyprint\n"
        "searched = ctypes.util.find_library\n"
        "print(load_weasyprint().__name__, ctypes.util.find_library is searched)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the machine is searched")
def test_no_other_program_runs_to_find_a_library() -> None:
    prelude = (
        "def refuse(event, arguments):\n"
        "    if event in ('subprocess.Popen', 'os.posix_spawn', 'os.fork'):\n"
        "        raise RuntimeError(event)\n"
        "sys.addaudithook(refuse)"
    )
    assert loaded(prelude) == "weasyprint True\n"


def test_the_search_is_left_as_it_was() -> None:
    assert loaded("") == "weasyprint True\n"


def test_a_library_that_only_a_search_finds_is_found() -> None:
    # The linker is made not to know Pango by its name; the search still knows where it lies.
    prelude = (
        "import cffi.api\n"
        "load = cffi.api._load_backend_lib\n"
        "def forgetful(backend, name, flags):\n"
        "    if name == 'libpango-1.0.so.0':\n"
        "        raise OSError(name)\n"
        "    return load(backend, name, flags)\n"
        "cffi.api._load_backend_lib = forgetful"
    )
    assert loaded(prelude) == "weasyprint True\n"


def test_what_is_seldom_used_is_there_when_it_is_needed() -> None:
    program = (
        "import sys\n"
        "from dsr.letters.typesetting import load_weasyprint\n"
        "weasyprint = load_weasyprint()\n"
        "page = weasyprint.HTML(string='<p>Erika')\n"
        "put_off = 'fontTools.subset' not in sys.modules\n"
        "page.write_pdf()\n"
        "unused = 'fontTools.subset' not in sys.modules\n"
        "weasyprint.pdf.fonts.harfbuzz_subset = None\n"
        "page.write_pdf()\n"
        "print(put_off, unused, 'fontTools.subset' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("True ")
    assert done.stdout.endswith(" True\n")
