"""The public data sets beside the repository, where they are at hand."""

from pathlib import Path

import pytest
from hypothesis import settings

# A shared machine keeps no steady clock: examples may be slow, wrong they may not be.
settings.register_profile("no clock", deadline=None)
settings.load_profile("no clock")

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def public_data() -> Path:
    """Folder of public data sets kept outside the repository; the test is left out where it is absent."""
    if not DATA.is_dir():
        pytest.skip(f"needs the public data sets in {DATA.parent.name}/{DATA.name} beside the repository")
    return DATA
