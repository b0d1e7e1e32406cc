"""``sam build`` as it is deployed, without Docker, and a look at what it made: ``make check-build``.

It wants the functions' own Python, by which pip chooses wheels. Where that is not installed it says so and passes: the build
is then proved by whoever has it, and by every deployment.
"""

import fcntl
import sys
from pathlib import Path
from typing import Any

from infra.bytecode import BytecodeError, compile_build
from infra.local.built import find_python, find_sam, layers_of, sam_build
from infra.local.processes import StartError
from infra.local.setup import ROOT
from infra.local.transform import functions_of, read

FOLDER = ROOT / ".local" / "checked-build"
MACHINES = {"arm64": 0xB7, "x86_64": 0x3E}
"""The machine's number in the head of an ELF file. Source: System V ABI, ELF header, e_machine."""


def faults(out: Path, document: dict[str, Any], architecture: str) -> list[str]:
    """What is wrong with a build; a line for each.

    Args:
        out: what ``sam build`` made, a folder for each function and layer.
        document: the template that it was made from.
        architecture: of the machine that it has to run on.
    """
    found = []
    for function in functions_of(document):
        handler = str(document["Resources"][function]["Properties"]["Handler"])
        module = Path(*handler.split(".")[:-1]).with_suffix(".py")
        if not (out / function / module).is_file():
            found.append(f"{function}: {module} is not in it")
        found += [
            f"{function}: its layer {layer} is empty"
            for layer in layers_of(document, function)
            if not any((out / layer / "python").glob("*/"))
        ]
    for library in sorted(out.rglob("*.so*")):
        head = library.read_bytes()[:20]
        if head[:4] == b"\x7fELF" and int.from_bytes(head[18:20], "little") != MACHINES[architecture]:
            found.append(f"{library.relative_to(out)}: is not made for {architecture}")
    return found


def main() -> int:
    """Build for the architecture that the template has by default; returns an exit status."""
    document = read(ROOT / "template.yaml")
    version = str(document["Globals"]["Function"]["Runtime"]).removeprefix("python")
    architecture = str(document["Parameters"]["Architecture"]["Default"])
    try:
        python = find_python(version)
    except StartError:
        print(f"sam build: not tried, because Python {version}, the functions' own, is not installed")
        return 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two builds in one folder would undo one another
        try:
            sam_build(find_sam(), python, document, FOLDER, architecture)
            compile_build(FOLDER / "out", Path(python))
        except (StartError, BytecodeError) as error:
            print(error, file=sys.stderr)
            return 1
        wrong = faults(FOLDER / "out", document, architecture)
    if wrong:
        print("sam build made what would not run:\n  " + "\n  ".join(wrong), file=sys.stderr)
        return 1
    names = ", ".join(functions_of(document))
    print(f"sam build: {names} for Python {version} on {architecture}, without Docker: whole")
    return 0


if __name__ == "__main__":
    sys.exit(main())
