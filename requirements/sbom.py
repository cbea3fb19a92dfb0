"""`make sbom`: what the program consists of, as a CycloneDX bill of materials for a release.

    python -m requirements.sbom [FILE]          build/sbom.cdx.json where no file is named

It lists every package of the locks with version, licence and the sha256 of each file that may be installed for it, what the
wheels carry, and the files of the models. The same locks give the same file, so that it can be made again and compared.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import License, LicenseAcknowledgement
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from knowledge.model_files import model_files
from requirements.licences import bundled, licensed
from requirements.lock import FOLDER, ROOT, entries, everything

FILE = ROOT / "build" / "sbom.cdx.json"
PROJECT = "practice-reflection-assistant"


def bill() -> Bom:
    """The bill of materials."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, "\n".join(sorted(everything().values()))))
    bom.metadata.timestamp = datetime(1980, 1, 1, tzinfo=UTC)  # none of its own: the same locks give the same bill
    bom.metadata.component = Component(name=PROJECT, version=project["version"], type=ComponentType.APPLICATION, bom_ref=PROJECT)
    packages = {one.name: one for one in _packages()}
    for one in bundled():
        inside = Component(
            name=one.name, type=ComponentType.LIBRARY, bom_ref=f"{one.package}: {one.name}", licenses=[_licence(one.licence)]
        )
        packages.get(one.package, bom.metadata.component).components.add(inside)
    bom.components.update([*packages.values(), *_models()])
    bom.register_dependency(bom.metadata.component, packages.values())
    return bom


def _packages() -> Iterator[Component]:
    cpu = entries((FOLDER / "torch-cpu.txt").read_text("utf-8"))
    for one in licensed():
        hashes = re.findall(r"sha256:([0-9a-f]{64})", everything()[one.name] + cpu.get(one.name, ""))
        yield Component(
            name=one.name,
            version=one.version,
            type=ComponentType.LIBRARY,
            scope=ComponentScope.REQUIRED if one.use == "the program" else ComponentScope.EXCLUDED,
            purl=PackageURL("pypi", name=one.name, version=one.version),
            bom_ref=f"{one.name}=={one.version}",
            licenses=[_licence(one.licence)],
            properties=[Property(name="for", value=one.use)],
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=found) for found in hashes],
        )


def _models() -> Iterator[Component]:
    for key in ("embedding", "names", "recognition"):
        model = model_files(key)
        yield Component(
            name=model.name,
            version=model.package.split("==")[1],
            type=ComponentType.MACHINE_LEARNING_MODEL,
            bom_ref=f"model: {key}",
            description=f"The files of {model.package}, checked before they are loaded",
            components=[
                Component(
                    name=path,
                    type=ComponentType.FILE,
                    bom_ref=f"model: {key}: {path}",
                    hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256)],
                )
                for path, sha256 in model.sha256.items()
            ],
        )


def _licence(expression: str) -> License:
    factory = LicenseFactory()
    if expression.startswith("LicenseRef-"):
        return factory.make_with_name(expression, acknowledgement=LicenseAcknowledgement.DECLARED)
    return factory.make_from_string(expression, license_acknowledgement=LicenseAcknowledgement.DECLARED)


def as_json() -> str:
    """The bill as CycloneDX 1.6 in JSON."""
    return make_outputter(bill(), OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=2) + "\n"


def main() -> None:
    """Write the bill."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(as_json(), "utf-8", newline="\n")
    print(f"The bill of materials stands in {file}.")


if __name__ == "__main__":
    main()
