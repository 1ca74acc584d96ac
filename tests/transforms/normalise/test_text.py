"""Text as portals write it, cleaned."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.normalise.text import calm, clean, clean_title, shouts, split_acronym


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<p>One &amp; two</p><p>three</p>", "One & two three"),
        ("<b>wo</b>rd<br>next<script>x()</script>", "word next"),
        ("Ren&eacute; &#8211; x&nbsp;y", "René – x y"),
        ("a &amp;amp; b", "a & b"),
        ("a < b and c > d", "a < b and c > d"),
        ("R&D; AT&T", "R&D; AT&T"),
        ("SchÃ¶ne neue Welt â€“ fÃ¼r alle", "Schöne neue Welt – für alle"),
        ("PLANO DE AÇÃO", "PLANO DE AÇÃO"),
        ("digi\u00adtal\u200b school\u00a0x\r\n\ty", "digital school x y"),
        ("e\u0301cole", "école"),
        ("o\ufb03ce", "office"),
        ("menntastefnu 2021?2030", "menntastefnu 2021–2030"),
        ("why 2021? 2030!", "why 2021? 2030!"),
        ("<!-- note --><ul><li>a</li><li>b</li></ul>", "a b"),
        (None, ""),
        ("   ", ""),
    ],
)
def test_clean(raw: str | None, expected: str) -> None:
    assert clean(raw) == expected


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>&;/ap#x3c=\"'Ã©â€“ \u00ad")), max_size=60))
def test_clean_twice_is_clean_once(raw: str) -> None:
    once = clean(raw)
    assert clean(once) == once
    assert once == once.strip()
    assert "  " not in once


@pytest.mark.parametrize(
    ("raw", "language", "expected"),
    [
        ("FUTURA – LA SCUOLA PER L'ITALIA DI DOMANI", "it", "Futura – la scuola per l'Italia di domani"),
        ("DIGITAL SKILLS INITIATIVE FOR AUSTRIA", "en", "Digital Skills Initiative for Austria"),
        ("PLAN D’ACTION NATIONAL D’INCLUSION NUMÉRIQUE", "fr", "Plan d’action national d’inclusion numérique"),
        ("NATIONAL STRATEGY FOR ICT IN SCHOOLS", "en", "National Strategy for ICT in Schools"),
        ("DIGITALISIERUNGSSTRATEGIE FÜR DIE SCHULEN IN BAYERN", "de", "Digitalisierungsstrategie für die Schulen in Bayern"),
        ("PHASE II OF THE NATIONAL PLAN 4.0", "en", "Phase II of the National Plan 4.0"),
        ("LOGINEO NRW", "de", "LOGINEO NRW"),
        ("NP edIT 1", "sk", "NP edIT 1"),
        ("ΨΗΦΙΑΚΗ ΣΤΡΑΤΗΓΙΚΗ ΓΙΑ ΤΑ ΣΧΟΛΕΙΑ", "el", "ΨΗΦΙΑΚΗ ΣΤΡΑΤΗΓΙΚΗ ΓΙΑ ΤΑ ΣΧΟΛΕΙΑ"),
        ("Press release: New strategy for schools", "en", "New strategy for schools"),
        ("„Skaitmeninė švietimo transformacija“", "lt", "Skaitmeninė švietimo transformacija"),
        ("„A“ und „B“", "de", "„A“ und „B“"),
        ("Projekt: x", "de", "Projekt: x"),
    ],
)
def test_clean_title(raw: str, language: str, expected: str) -> None:
    assert clean_title(raw, language) == expected
    assert clean_title(expected, language) == expected


def test_only_shouting_is_calmed() -> None:
    assert shouts("PLAN NACIONAL DE COMPETENCIAS DIGITALES")
    assert not shouts("Plan Nacional de Competencias Digitales")
    assert not shouts("OECD")
    assert calm("PLAN NACIONAL DE COMPETENCIAS DIGITALES", None) == "Plan nacional de competencias digitales"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Piano Nazionale Scuola Digitale (PNSD)", ("Piano Nazionale Scuola Digitale", "PNSD")),
        ("Plano de Capacitação Digital de Docentes(PCDD)", ("Plano de Capacitação Digital de Docentes", "PCDD")),
        ("Digital Transformation of Education (EdTech)", ("Digital Transformation of Education", "EdTech")),
        ("Programme for Competence (#CompDigEdu)", ("Programme for Competence", "CompDigEdu")),
        ("„Skaitmeninė transformacija“ („EdTech“)", ("„Skaitmeninė transformacija“", "EdTech")),
        ("PNSD – Piano Nazionale Scuola Digitale", ("Piano Nazionale Scuola Digitale", "PNSD")),
        ("ABC – Piano Nazionale Scuola Digitale", ("ABC – Piano Nazionale Scuola Digitale", None)),
        ("Strategy (2018)", ("Strategy (2018)", None)),
        ("e-Schools (Phase II)", ("e-Schools (Phase II)", None)),
        ("stratégie numérique (FWB)", ("stratégie numérique (FWB)", None)),
        ("Guidelines (PDF)", ("Guidelines (PDF)", None)),
        ("(PNSD)", ("(PNSD)", None)),
        ("", ("", None)),
    ],
)
def test_split_acronym(title: str, expected: tuple[str, str | None]) -> None:
    assert split_acronym(title) == expected
