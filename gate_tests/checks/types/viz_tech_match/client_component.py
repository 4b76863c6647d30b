"""`{client_component}`: the path of the client component (TSX or JSX) in the artifact directory."""

import os
from pathlib import Path


def find_first_client_component(root: Path, artifact_path: str) -> str:
    """The first `*Client.tsx` or `*Client.jsx`, in byte order, in the artifact directory.

    If there is none, `*Client.tsx` itself: it says what was searched for, and it cannot exist, since it would have
    been found. The name is not sanitized.
    """
    suffixes = ("Client.tsx", "Client.jsx")
    try:
        with os.scandir(root / artifact_path) as entries:
            names = [entry.name for entry in entries if entry.name.endswith(suffixes) and entry.is_file()]
    except OSError:
        names = []
    return f"{artifact_path}/{min(names, key=os.fsencode, default='*Client.tsx')}"
