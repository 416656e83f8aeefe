from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pathvalidate import validate_filename

from aimusic_desktop.media.naming import safe_part
from aimusic_desktop.media.template import FIELDS, MAX_FOLDERS, Template, TemplateError
from aimusic_desktop.model import Clip, Product
from aimusic_desktop.settings import MAX_TEMPLATE_LENGTH, Settings

CLIP = Clip(
    task_id="9329c1ad-c5b2-4d41-a3b6-842d7c2674b1",
    clip_id="74dc7bf7-56bf-457c-a4a3-3fa12f05d727",
    index=1,
    product=Product.PRODUCER,
    title="City Lights",
    style="pop, soft",
    model="FUZZ-2.0 Pro",
    seed="3966900172",
    created_at="2025-10-01T08:49:47.934443Z",
)
BARE = Clip(task_id="t", clip_id="74dc7bf7-56bf", title="City Lights")

texts = st.text(max_size=40) | st.sampled_from(["..", "/", "a/b", "CON", "\u202e", "\0", "{title}", "}"])
clips = st.builds(
    Clip,
    task_id=texts,
    clip_id=texts,
    index=st.integers(0, 200),
    product=st.sampled_from([None, *Product]),
    title=texts | st.text(min_size=200, max_size=300),
    style=texts,
    model=texts,
    seed=texts,
    created_at=texts | st.just("2025-10-01T08:49:47Z"),
)
FORMATTED = {
    "{title:5}": "City",
    "{clip_id:8}": "74dc7bf7",
    "{n:02}": "02",
    "{created:%Y-%m}": "2025-10",
    "{created}": "2025-10-01",
}
tokens = [f"{{{name}}}" for name in FIELDS]
tokens += [" ", "/", "..", ".", ", ", " - ", "-", "_", "(", ")", "[", "]", "CON", "é", "seed ", "{{", "}}"]
tokens += FORMATTED
templates = st.lists(st.sampled_from(tokens), max_size=15).map("".join)
templates = templates.filter(lambda text: text.count("/") <= MAX_FOLDERS)


@pytest.mark.parametrize(
    ("template", "parts"),
    [
        ("{title}", ("City Lights",)),
        ("{created:%Y}/{style}/{n:02} {title}", ("2025", "pop, soft", "02 City Lights")),
        ("{product}/{model}/{seed}", ("Producer", "FUZZ-2.0 Pro", "3966900172")),
        ("{title} {clip_id:8}", ("City Lights 74dc7bf7",)),
        ("{task_id}", ("9329c1ad-c5b2-4d41-a3b6-842d7c2674b1",)),
        ("{title:4}", ("City",)),
        ("{title:5}!", ("City!",)),
        ("{n}", ("2",)),
        ("{ title }", ("City Lights",)),
        ("{created}", ("2025-10-01",)),
        ("{created:%d.%m.%y %H-%M-%S %%}", ("01.10.25 08-49-47 %",)),
        ("{{{title}}}", ("{City Lights}",)),
        ("/{title}", ("City Lights",)),
        ("../../{title}", ("City Lights",)),
        ("C:\\x/{title}", ("C__x", "City Lights")),
        ("a//b/ /{title}", ("a", "b", "City Lights")),
        ("con/{title}", ("con_", "City Lights")),
        ("{title}/", ("City Lights", "Song 74dc7bf7")),
        ("", ("Song 74dc7bf7",)),
        ("…", ("…",)),
    ],
)
def test_a_template_says_folders_and_name(template: str, parts: tuple[str, ...]) -> None:
    assert Template(template).parts(CLIP) == parts


@pytest.mark.parametrize(
    ("template", "text"),
    [
        (Settings().tag_comment, "Producer FUZZ-2.0 Pro, seed 3966900172, task " + CLIP.task_id),
        ("{title} / {style}", "City Lights / pop, soft"),
        ("AI Music", "AI Music"),
        ("  {title}\n{n}  ", "City Lights 2"),
        (", x (), - ", ", x (), -"),
    ],
)
def test_a_template_gives_a_line_of_text(template: str, text: str) -> None:
    assert Template(template).text(CLIP) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{product} {model}, seed {seed}, task {task_id}", "task t"),
        ("{title} - {seed}", "City Lights"),
        ("{style} – {title}", "City Lights"),
        ("{style}-{title}", "City Lights"),
        ("{style}_{title}_{seed}", "City Lights"),
        ("{title} ({model}, seed {seed})", "City Lights"),
        ("{title} ({n}, seed {seed})", "City Lights (1)"),
        ("{title} [{style} ({model})] {n}", "City Lights 1"),
        ("{n}. {style} {title}", "1. City Lights"),
        ("{n}. {style}", "1"),
        ("{title} by {model} for {n}", "City Lights 1"),
        ("{style}{title}{seed}{n}", "City Lights1"),
        ("{style} {model} {seed}", ""),
        ("{style}/{title}", "City Lights"),
        ("{created:%Y}, {title}", "City Lights"),
    ],
)
def test_an_empty_field_takes_what_leads_to_it_along(template: str, text: str) -> None:
    assert Template(template).text(BARE) == text


def test_an_empty_field_is_no_folder() -> None:
    assert Template("{style}/{created:%Y}/{title}").parts(BARE) == ("City Lights",)
    assert Template("{style}/{seed}").parts(BARE) == ("Song 74dc7bf7",)


def test_a_song_without_a_title_is_named_after_its_clip() -> None:
    assert Template("{style}/{title}").parts(replace(CLIP, title="..")) == ("pop, soft", "Song 74dc7bf7")


@pytest.mark.parametrize("created_at", ["", "yesterday", "2025", "１２３４-10-01"])
def test_a_date_that_is_none_is_empty(created_at: str) -> None:
    assert Template("{created:%Y %m}").text(replace(CLIP, created_at=created_at)) == ""


def test_a_date_without_a_time_is_at_midnight() -> None:
    assert Template("{created:%H%M%S}").text(replace(CLIP, created_at="2025-10-01")) == "000000"


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{titel}", "“{titel}”: there is no such field. There are: title, style, model, created, "),
        ("{}", "no such field"),
        ("{title.upper}", "no such field"),
        ("{title!r}", "no such field"),
        ("{title[0]}", "no such field"),
        ("a {title", "“{title”: this brace has no partner"),
        ("title}", "“}”: this brace has no partner"),
        ("{title:{n}}", "no partner"),
        ("{title:x}", "“{title:x}”: this format is not known; write it like {title:8}."),
        ("{title:0}", "like {title:8}"),
        ("{title:-1}", "like {title:8}"),
        ("{title:1000}", "like {title:8}"),
        ("{n:.2f}", "like {n:02}"),
        ("{n:99}", "like {n:02}"),
        ("{created:%A}", "like {created:%Y-%m-%d}"),
        (
            "{created:%Y/%m}",
            "like {created:%Y-%m-%d}. There are %Y %y %m %d %H %M %S %%; a slash belongs outside the braces.",
        ),
        ("{created:%}", "like {created:%Y-%m-%d}"),
        ("x" * (MAX_TEMPLATE_LENGTH + 1), "too long"),
        ("/x" * (MAX_FOLDERS + 1), "too many folders"),
    ],
)
def test_a_template_that_cannot_be_used_says_why(template: str, why: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Template(template)
    assert why in caught.value.sentence
    assert caught.value.sentence.endswith(".")


def test_a_stored_template_that_cannot_be_used_is_the_title() -> None:
    assert Template.or_default("{nonsense}").parts(CLIP) == ("City Lights",)
    assert Template.or_default("{nonsense}", "").text(CLIP) == ""
    assert Template.or_default("{seed}").parts(CLIP) == ("3966900172",)


def test_the_templates_of_the_settings_can_be_used() -> None:
    settings = Settings()
    for text in (settings.name_template, settings.tag_title, settings.tag_artist, settings.tag_album):
        Template(text)
    Template(settings.tag_comment)


@given(st.text(st.sampled_from("{}:%/.0abtitle\0\ud800 "), max_size=30) | st.text(max_size=600))
def test_any_text_is_a_template_or_says_why(text: str) -> None:
    try:
        said = "".join(Template(text).parts(CLIP))
    except TemplateError as error:
        said = error.sentence
    assert said
    assert not set("\n\0\ud800") & set(said)


@given(templates, clips)
@example("{title}/{style}", replace(CLIP, title="../..", style="/etc/passwd"))
@example("{title}" * 5, replace(CLIP, title="CON"))
def test_every_part_is_safe_everywhere(template: str, clip: Clip) -> None:
    parts = Template(template).parts(clip)
    assert 0 < len(parts) <= template.count("/") + 1
    for part in parts:
        validate_filename(part, platform="universal")
        assert part == safe_part(part)


@given(templates, clips)
def test_every_text_is_one_plain_line(template: str, clip: Clip) -> None:
    text = Template(template).text(clip)
    assert text == text.strip()
    assert not set("\n\r\0\x02") & set(text)


@given(templates)
def test_with_nothing_empty_nothing_is_tidied(template: str) -> None:
    plain = template
    for formatted, value in FORMATTED.items():
        plain = plain.replace(formatted, value)
    values = {name: getattr(CLIP, name, "") for name in FIELDS} | {"n": 2, "product": "Producer"}
    assert Template(template).text(CLIP) == plain.format(**values).strip()
