"""A root with runs that orch 0.1.0 recorded, as they were, without the logs. No file here is ever made anew."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent
