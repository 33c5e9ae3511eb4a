"""A copy of risk-math as the only member of a workspace of its own.

Faults are written into the copy, so the tree is never touched.
"""

import re
import shutil
from pathlib import Path

CRATE = Path(__file__).resolve().parent.parent
ROOT = CRATE.parent


def copy(folder: Path) -> None:
    """Fills an empty folder."""
    manifest = (ROOT / "Cargo.toml").read_text()
    manifest = re.sub(r"members = \[.*?\]", 'members = ["risk-math"]', manifest, flags=re.S)
    # other members are not there
    manifest = re.sub(r"^trestle-\S+ = \{ path.*\n", "", manifest, flags=re.M)
    (folder / "Cargo.toml").write_text(manifest)
    for name in ("Cargo.lock", "rust-toolchain.toml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / ".cargo", folder / ".cargo")
    ignore = shutil.ignore_patterns("mutants", "target", "proptest-regressions")
    # without the old times: cargo would take what an earlier run built for fresh
    shutil.copytree(CRATE, folder / "risk-math", ignore=ignore, copy_function=shutil.copy)
