"""`{client_component}`: the TSX or JSX component of an essay, found in the artifact folder."""

import os
from pathlib import Path


def find_first_client_component(root: Path, artifact_path: str) -> str:
    """The first `*Client.tsx` or `*Client.jsx`, in byte order, in the artifact folder.

    Where there is none, `*Client.tsx` itself: a name that says what was looked for and cannot exist, for a file
    of that name would have been found. The name is as it stands there, fit for a record or not.
    """
    endings = ("Client.tsx", "Client.jsx")
    try:
        with os.scandir(root / artifact_path) as entries:
            names = [entry.name for entry in entries if entry.name.endswith(endings) and entry.is_file()]
    except OSError:
        names = []
    return f"{artifact_path}/{min(names, key=os.fsencode, default='*Client.tsx')}"
