"""What the stand-in sells for credits: its songs in other formats, and when their words are sung."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence

from aimusic_desktop.api.products import PRODUCTS
from aimusic_desktop.demo.singing import aligned
from aimusic_desktop.demo.songs import DemoSong
from aimusic_desktop.demo.tasks import NOT_READY, DemoTask, Json, Reply
from aimusic_desktop.model import Product, SaveFormat

CREDITS = 50

_MADE_AFTER_S = 4.0
_BAD_REQUEST = Reply(400, {"type": "validation_error", "error": "clip_id and format must name something."})
_NO_CREDITS = Reply(402, {"type": "insufficient_credits", "error": "There are not enough credits."})
_NO_CLIP = Reply(404, {"type": "not_found", "error": "clip not found."})


class Shop:
    """Sells the clips of ``tasks``; links begin with ``media_url``. Asked from several threads."""

    def __init__(self, songs: Mapping[str, DemoSong], tasks: Sequence[DemoTask], media_url: str) -> None:
        self._media_url = media_url
        self._songs = {song.clip_id: song for song in songs.values()}
        self._products = dict(_products(tasks))
        self._credits = CREDITS
        self._till = threading.Lock()

    def credits_reply(self) -> Reply:
        """What is left."""
        return Reply(200, {"credits": self._credits, "extra_credits": 0})

    def download(self, order: Json) -> tuple[Reply, DemoTask | None]:
        """Producer's way: the answer names a task, given here too, that will have the file."""
        wanted = SaveFormat.WAV if order.get("format") == "wav" else SaveFormat.MP3
        reply, link = self._sold(Product.PRODUCER, order, wanted)
        if reply is not None:
            return reply, None
        done = Reply(200, {"code": 200, "data": [{"audio_url": link}], "message": "success"})
        task = DemoTask(str(uuid.uuid4()), Product.PRODUCER, ((0, NOT_READY), (_MADE_AFTER_S, done)))
        return Reply(200, {"message": "success", "task_id": task.task_id}), task

    def wav(self, order: Json) -> Reply:
        """Sonic's way: the answer has the link."""
        reply, link = self._sold(Product.SONIC, order, SaveFormat.WAV)
        return reply or Reply(200, {"message": "success", "data": {"wav_url": link}})

    def aligned_lyrics(self, order: Json) -> Reply:
        """When the words of a song of sonic's are sung."""
        reply = self._paid(Product.SONIC, order, PRODUCTS[Product.SONIC].alignment or 0)
        if reply is not None:
            return reply
        song = self._songs[order["clip_id"]]
        words = aligned(song.lyrics, song.duration_s)
        return Reply(200, {"code": 200, "data": {"alignment": words}, "message": "success"})

    def _sold(self, product: Product, order: Json, wanted: SaveFormat) -> tuple[Reply | None, str]:
        """Why not, or None and the link to what was paid for."""
        if order.get("format", "mp3") not in ("mp3", "wav"):
            return _BAD_REQUEST, ""
        reply = self._paid(product, order, PRODUCTS[product].conversions[wanted])
        link = "" if reply else f"{self._media_url}/{self._songs[order['clip_id']].key}.{wanted}"
        return reply, link

    def _paid(self, product: Product, order: Json, price: int) -> Reply | None:
        """Why not, or None for a clip of this product that was paid for."""
        clip_id = order.get("clip_id")
        if not isinstance(clip_id, str):
            return _BAD_REQUEST
        if self._products.get(clip_id) is not product:
            return _NO_CLIP
        with self._till:
            if price > self._credits:
                return _NO_CREDITS
            self._credits -= price
        return None


def read_order(body: bytes) -> Json:
    """The JSON object of a request; empty for anything else."""
    try:
        order = json.loads(body)
    except ValueError:
        return {}
    return order if isinstance(order, dict) else {}


def _products(tasks: Sequence[DemoTask]) -> Iterator[tuple[str, Product]]:
    for task in tasks:
        for _, reply in task.stages:
            yield from ((each.get("clip_id", ""), task.product) for each in reply.body.get("data", ()))
