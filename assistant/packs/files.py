"""The files of a pack, each by itself and all in one ZIP."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from jinja2 import TemplateError

from assistant.documents import blocks_docx
from assistant.documents.markdown import Block, Templates
from assistant.documents.pdf import Finder, NoPdf, as_pdf
from assistant.packs.pack import Pack, PackError
from assistant.packs.pack_file import PACK_FILE, saved
from assistant.packs.view import PackView

OURS = Path(str(files("assistant.packs") / "templates"))
FORMS = {  # what each file is called, in the order in which a trainer needs them
    "facilitator-guide": "Facilitator’s guide",
    "learner-version": "Learner version",
    "slides": "Slides",
    "seven-minute-briefing": "Seven-minute briefing",
    "practitioner-briefing": "Briefing for practitioners",
    "manager-briefing": "Briefing for managers",
    "newsletter-item": "Newsletter item",
    "debriefing-guide": "Debriefing guide",
    "role-table-exercise": "Role table exercise",
    "action-plan": "Action plan",
    "evaluation": "Evaluation",
    "sources": "List of sources",
}
SLIDES = "slides"
WORD, SLIDE_FILE = "template.docx", "template.pptx"


def files_of(pack: Pack, forms: Sequence[str] = (), own: Path | None = None) -> dict[str, bytes]:
    """The files of a pack by name; of these `forms` alone where some are named. `own` is an organisation's folder of templates.

    The list of sources goes with any of them. Raises PackError for a form that there is not, and for a template that cannot be used.
    """
    chosen = wanted_forms(forms)
    view = PackView(pack)
    templates = Templates(OURS)
    made: dict[str, bytes] = {}
    for form in chosen:
        template = template_of(SLIDE_FILE if form == SLIDES else WORD, own)
        try:
            blocks = templates.render(f"{form}.md", {"view": view})
            if form == SLIDES:
                made[f"{form}.pptx"] = _slides(blocks, template, pack.title)
            else:
                made[f"{form}.docx"] = blocks_docx.written(blocks, template, f"{pack.title}. {FORMS[form]}")
        except blocks_docx.MissingStyle as error:
            raise PackError(str(error)) from error
        except TemplateError as error:
            raise PackError(f"The template {form}.md cannot be used ({error}). Install the product again.") from error
    return made


def _slides(blocks: Sequence[Block], template: Path, title: str) -> bytes:
    """Slides as the bytes of a file. python-pptx is loaded with the first ones: the page starts without it."""
    from assistant.documents import blocks_pptx

    try:
        return blocks_pptx.written(blocks, template, title)
    except blocks_pptx.MissingLayout as error:
        raise PackError(str(error)) from error


def wanted_forms(forms: Sequence[str]) -> list[str]:
    """The forms that were named, with the list of sources; all where none was. Raises PackError for one that there is not."""
    for form in forms:
        if form not in FORMS:
            raise PackError(f"There is no form called {form}. Choose from: {', '.join(FORMS)}.")
    return [form for form in FORMS if not forms or form in forms or form == "sources"]


def template_of(name: str, own: Path | None) -> Path:
    """The organisation's template where it has one, else the product's. Raises PackError where its folder is not there."""
    if own is None:
        return OURS / name
    if not own.is_dir():
        raise PackError(f"There is no folder {own} with templates. Correct pack_templates in the settings.")
    return own / name if (own / name).is_file() else OURS / name


def with_pdf(made: Mapping[str, bytes], find: Finder = shutil.which) -> tuple[dict[str, bytes], str]:
    """The files, each with its PDF beside it, and nothing to say; where no PDF can be made the files alone, and one sentence why."""
    try:
        return {**made, **as_pdf(made, find)}, ""
    except NoPdf as error:
        return dict(made), f"There are no PDF files in the ZIP: {error}"


def zipped(pack: Pack, made: Mapping[str, bytes]) -> bytes:
    """A ZIP of the files and of the pack itself, to be opened again."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PACK_FILE, saved(pack))
        for name, data in made.items():
            archive.writestr(name, data)
    return out.getvalue()
