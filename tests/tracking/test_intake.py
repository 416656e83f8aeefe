"""Which task ids a text holds."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.errors import AppError
from aimusic_desktop.model import Product
from aimusic_desktop.tracking.intake import MAX_FILE_BYTES, find_tasks, read_text_file
from tests.support.api import CITY_LIGHTS

A = "74dc7bf7-56bf-457c-a4a3-3fa12f05d727"
B = "9329c1ad-c5b2-4d41-a3b6-842d7c2674b1"
C = "0a1b2c3d-0000-4000-8000-00000000000f"
API = "https://api.aimusicapi.ai/api/v1"
CUT = "74dc7bf7-56bf-457c-a4a3-3fa12f05"

uuids = st.uuids().map(str)


def ids(text: str) -> list[str]:
    return [ref.task_id for ref in find_tasks(text).refs]


def products(text: str) -> list[Product | None]:
    return [ref.product for ref in find_tasks(text).refs]


@pytest.mark.parametrize(
    "apart", [" ", ",", ";", "\n", "\r\n", "\t", " | ", "/", " and ", "é", "“", "_", "-"]
)
def test_ids_may_be_apart_by_anything(apart: str) -> None:
    assert ids(apart.join((A, B, C))) == [A, B, C]


@pytest.mark.parametrize(
    "text",
    [
        A.upper(),
        f"\ufeff{A}\r\n",
        f"“{A}”, `{A}`, **{A}**, <{A}>, {{{A}}}.",
        f"| song | {A} |\n|---|---|",
        f"- [x] City Lights: {A}",
        f"urn:uuid:{A}",
        A.replace("-", "\u2011"),
        f"{API}/producer/task/{A}",
        f"{API}/producer/task/{A}/?x=1#top.",
        f"[City Lights]({API}/producer/task/{A})",
        f"curl -H 'Authorization: Bearer k' {API}/producer/task/{A}; echo",
        f"GET /api/v1/sonic/task/{A} HTTP/1.1",
        f"https%3A%2F%2Fapi.aimusicapi.ai%2Fapi%2Fv1%2Fsonic%2ftask%2F{A}",
        f"https:\\/\\/api.aimusicapi.ai\\/api\\/v1\\/sonic\\/task\\/{A}",
        f"{API}/song?task_id={A}&clip_id={B}",
        json.dumps({"message": "success", "task_id": A}),
        json.dumps({"data": {"taskId": A, "id": B}}, indent=2),
        json.dumps(json.dumps({"task_id": A, "request_id": B})),
        str({"task_id": A, "clip_id": B}),
        f"task_id: {A}\nclip_id: {B}\n",
        f"TASK_ID={A}",
        f"<task_id>{A}</task_id><clip_id>{B}</clip_id>",
        f"Task id: {A}\nClip id: {B}",
        f"2025-10-01 INFO [{B}] created task_id={A} in 0.2 s, request {C}",
    ],
)
def test_one_task_is_found_in(text: str) -> None:
    assert ids(text) == [A]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "please look up my song",
        json.dumps(CITY_LIGHTS),
        json.dumps(CITY_LIGHTS, indent=2),
        str(CITY_LIGHTS),
        f"https://storage.googleapis.com/riffs/{A}/audio/{B}.m4a?sig={C}",
        f"x-request-id: {A}\nrequest_id={B} clipId: {C}",
        f'{{"clip_ids": ["{A}", "{B}",\n "{C}"]}}',
        f"{A}0",
        f"0{A}",
        A.replace("-", ""),
    ],
)
def test_no_task_is_found_in(text: str) -> None:
    assert ids(text) == []


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([A, B]),
        json.dumps([A, B], indent=2),
        json.dumps({"task_ids": [A, B], "clip_ids": [C]}),
        json.dumps({"task_ids": [A, B], "clip_ids": [C]}, indent=2),
        json.dumps({"tasks": [A, B]}),
        f'{{"task_id": "{A}"}}\n{{"task_id": "{B}", "clip_id": "{C}"}}\n',
        f'{{"task_id": "{A}", "clip_id": "{C}"}}\n{B}\n',
        f"task ids: {A}, {B}",
        f"task ids: {A} and {B}",
        f"{API}/sonic/task/{A},{API}/producer/task/{B}",
        f"Song one - {A}\nSong two - {B}",
        f"task_id,clip_id,title\n{A},{C},One\n{B},,Two\n",
        f'\ufeff"Title";"Task ID"\r\n"One; or\n two";"{A}"\r\n"{C}";"{B}"\r\n',
        f"title\ttask-id\nOne\t{A}\nTwo\t{API}/sonic/task/{B}",
        f"| task_id | clip_id |\n|---------|---------|\n| {A} | {C} |\n| {B} | {C} |",
    ],
)
def test_both_tasks_are_found_in(text: str) -> None:
    assert ids(text) == [A, B]


def test_each_is_found_once_in_order_with_the_product_any_link_names() -> None:
    found = find_tasks(f"{B} {A} {A.upper()} {API}/sonic/task/{B} {API}/riffs/task/{C}")
    assert [(ref.task_id, ref.product) for ref in found.refs] == [(B, Product.SONIC), (A, None), (C, None)]


@pytest.mark.parametrize("product", Product)
def test_the_product_is_read_from_the_link(product: Product) -> None:
    assert products(f"{API}/{product}/task/{A}") == [product]


def test_the_lines_our_own_command_prints_are_read_back() -> None:
    line = {"task_id": A, "product": "sonic", "state": "succeeded", "clips": [{"clip_id": B}]}
    assert ids(json.dumps(line)) == [A]
    assert products(json.dumps(line)) == [Product.SONIC]


def test_a_link_or_a_key_may_name_an_id_that_is_no_uuid() -> None:
    assert ids(f"({API}/sonic/task/AbC_12-x)") == ["AbC_12-x"]
    assert ids('{"task_id": "t0123456"}') == ["t0123456"]
    assert ids('{"task_id": null, "task_id": "unknown"}') == []


@pytest.mark.parametrize(
    ("text", "rejected"),
    [
        (CUT, [CUT]),
        (f"Look at {CUT}, please", [CUT]),
        (f"{A}\n{CUT[2:]}\n{B}", [CUT[2:]]),
        (f"{API}/sonic/task/{CUT}", [CUT]),
        (f'{{"task_id": "{CUT}"}}', [CUT]),
        (f"{A}\nabc123\nhello\n{B}", ["abc123", "hello"]),
        (f"{A}, abc123; {B}", ["abc123"]),
        ("not-an-id", ["not-an-id"]),
        (f"{A}, 2025-10-01, City Lights, 185, well-known", []),
        (f"https://cdn.example/{A}.m4a?sig=1", [f"https://cdn.example/{A[:4]}…2f05d727.m4a"]),
        (json.dumps(CITY_LIGHTS, indent=1), []),
        (f"task_id,title\n{A},One\nabc,Two\nbroken-id,Two", ["broken-id"]),
    ],
)
def test_what_looks_meant_as_an_id_and_is_none_is_told(text: str, rejected: list[str]) -> None:
    assert list(find_tasks(text).rejected) == rejected


def test_not_more_is_told_than_people_read() -> None:
    found = find_tasks("\n".join(f"wrong{number}" for number in range(1000)))
    assert len(found.rejected) == 20
    assert all(len(each) <= 40 for each in find_tasks("x" * 9000 + "\n" + CUT * 30).rejected)


@given(
    st.lists(uuids, min_size=1, max_size=20), st.sampled_from(["\n", " ", ", ", '","', "\r\n\r\n", "\t|\t"])
)
def test_a_list_is_found_whole(wanted: list[str], apart: str) -> None:
    assert ids(apart.join(wanted)) == list(dict.fromkeys(wanted))


@given(
    st.lists(st.tuples(uuids, st.sampled_from(Product)), max_size=20),
    st.text(st.characters(exclude_categories=["L", "N"]), min_size=1),
)
def test_links_are_found_among_any_signs(wanted: Sequence[tuple[str, Product]], signs: str) -> None:
    links = [f"{API}/{product}/task/{task_id}" for task_id, product in wanted]
    assert ids(" ".join(f"{link} {signs}\n" for link in links)) == list(dict(wanted))


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text() | uuids,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(
    uuids,
    st.dictionaries(st.sampled_from(["clip_id", "id", "request_id", "data", "songs"]), json_values),
    st.booleans(),
)
def test_in_json_only_what_is_named_a_task_is_taken(
    task_id: str, others: dict[str, object], pretty: bool
) -> None:
    text = json.dumps({"task_id": task_id, "lyrics": "la, la", **others}, indent=2 if pretty else None)
    assert task_id in ids(text)


@given(st.lists(st.tuples(st.text(), uuids, uuids), max_size=10))
def test_of_a_table_only_the_task_column_is_taken(rows: list[tuple[str, str, str]]) -> None:
    file = io.StringIO()
    csv.writer(file).writerows([("title", "task_id", "clip_id"), *rows])
    assert ids(file.getvalue()) == list(dict.fromkeys(task_id for _, task_id, _ in rows))


@given(st.text())
def test_any_text_is_read_without_a_surprise(text: str) -> None:
    found = find_tasks(text)
    assert len({ref.task_id for ref in found.refs}) == len(found.refs)


@given(
    st.lists(
        st.sampled_from(
            [A, A[:8], "-", "task_id", "/task/", "http://", '"', ":", "[", ",", "\n", " ", "é", "x1"]
        )
    )
)
def test_any_pieces_of_ids_are_read_without_a_surprise(pieces: list[str]) -> None:
    for ref in find_tasks("".join(pieces)).refs:
        assert 6 <= len(ref.task_id) <= 64


def test_ten_thousand_ids_are_found() -> None:
    wanted = [str(UUID(int=number << 64)) for number in range(10_000)]
    assert ids("\n".join(wanted)) == wanted
    assert ids(json.dumps([{"task_id": each, "clip_id": A} for each in wanted])) == wanted


@pytest.mark.parametrize(
    "piece",
    ["a", "-", "\n", '"a":', "task_id=", "/task/", "http://", "[", CUT + "-", "0123abcd-", "task id      "],
)
def test_a_large_text_of_nothing_is_read_to_its_end(piece: str) -> None:
    assert ids(piece * (2**20 // len(piece)) + f"\n{API}/sonic/task/{B}") == [B]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_text_file_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "ids.txt"
    path.write_text(f"Liedé\n{A}\n", encoding)
    assert ids(read_text_file(path)) == [A]


def test_what_is_no_text_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    song, large = tmp_path / "song.m4a", tmp_path / "large.txt"
    song.write_bytes(b"\0\0\0\x20ftypM4A ")
    with large.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    for path, sentence in [
        (song, "not a text file"),
        (large, "larger than 16 MB"),
        (tmp_path, "not a file"),
        (tmp_path / "none", "not a file"),
    ]:
        with pytest.raises(AppError, match=sentence):
            read_text_file(path)
