"""Cards, things to touch, icons, codes: the few shapes every screen is made of."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import zxingcpp
from kivy.clock import Clock
from kivy.core.image import Image as CoreImage
from kivy.graphics import Color, Ellipse, Rectangle, SmoothRoundedRectangle
from kivy.graphics.texture import Texture
from kivy.input.motionevent import MotionEvent
from kivy.uix.widget import Widget
from PIL.Image import Image

from server.protocol.places import ICONS

from .area import Area

Colour = list[float]


def _placed(widget: Widget, area: Area) -> None:
    widget.size_hint = (None, None)
    widget.pos = (area.x, area.y)
    widget.size = (area.width, area.height)


class Card(Widget):
    """A rounded rectangle, with a border where ``line`` is given."""

    def __init__(
        self, area: Area, *, fill: Colour, line: Colour | None, radius: float, border: float
    ) -> None:
        super().__init__()
        _placed(self, area)
        with self.canvas:
            self._line = Color(*(line or fill))
            SmoothRoundedRectangle(pos=self.pos, size=self.size, radius=[radius])
            if line is not None:
                self._fill = Color(*fill)
                SmoothRoundedRectangle(
                    pos=(area.x + border, area.y + border),
                    size=(area.width - 2 * border, area.height - 2 * border),
                    radius=[max(1.0, radius - border)],
                )
            else:
                self._fill = self._line


class Pressable(Card):
    """A card that acts when a finger that came down on it is lifted from it."""

    def __init__(
        self,
        area: Area,
        *,
        name: str,
        says: str,
        act: Callable[[], None],
        fill: Colour,
        pressed: Colour,
        line: Colour | None,
        radius: float,
        border: float,
    ) -> None:
        super().__init__(area, fill=fill, line=line, radius=radius, border=border)
        self.name = name
        self.says = says
        self._act = act
        self._colours = (fill, pressed)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self._fill.rgba = self._colours[1]
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._fill.rgba = self._colours[0]
        if self.collide_point(*touch.pos):
            self._act()
        return True


class Icon(Widget):
    """A white drawing tinted in one colour."""

    def __init__(self, area: Area, *, name: str, colour: Colour) -> None:
        super().__init__()
        _placed(self, area)
        with self.canvas:
            Color(*colour)
            Rectangle(texture=_icon(name), pos=self.pos, size=self.size)


@lru_cache(maxsize=64)
def _icon(name: str) -> Texture:
    return CoreImage(str(ICONS / f"{name}.png"), mipmap=True).texture


class Disc(Widget):
    """A filled circle."""

    def __init__(self, area: Area, *, colour: Colour) -> None:
        super().__init__()
        _placed(self, area)
        radius = area.width / 2
        with self.canvas:
            Color(*colour)
            SmoothRoundedRectangle(pos=self.pos, size=self.size, radius=[radius])


class Code(Widget):
    """A QR code with its quiet zone on white; modules are whole pixels."""

    QUIET = 4

    def __init__(self, area: Area, *, text: str) -> None:
        super().__init__()
        modules = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_image(
            scale=1, add_quiet_zones=False
        )
        rows = bytes(memoryview(modules).cast("B"))  # type: ignore[arg-type]  # it is a buffer, its stub forgets
        count = round(len(rows) ** 0.5)
        across = count + 2 * self.QUIET
        pixel = max(1, int(min(area.width, area.height) // across))
        box = area.middle(pixel * across, pixel * across)
        box = Area(round(box.x), round(box.y), box.width, box.height)
        _placed(self, box)
        texture = Texture.create(size=(count, count), colorfmt="luminance", mipmap=False)
        texture.mag_filter = texture.min_filter = "nearest"
        texture.blit_buffer(rows, colorfmt="luminance", bufferfmt="ubyte")
        texture.flip_vertical()
        inner = box.inset(pixel * self.QUIET)
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(pos=self.pos, size=self.size)
            Rectangle(texture=texture, pos=(inner.x, inner.y), size=(inner.width, inner.height))
        self.says = text


class Picture(Widget):
    """A printed picture, made larger or smaller as a whole."""

    def __init__(self, area: Area, *, image: Image) -> None:
        super().__init__()
        grey = image.convert("L")
        scale = min(area.width / grey.width, area.height / grey.height)
        _placed(self, area.middle(grey.width * scale, grey.height * scale))
        texture = Texture.create(size=grey.size, colorfmt="luminance", mipmap=True)
        texture.mag_filter, texture.min_filter = "linear", "linear_mipmap_linear"
        texture.blit_buffer(grey.tobytes(), colorfmt="luminance", bufferfmt="ubyte")
        texture.flip_vertical()
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(texture=texture, pos=self.pos, size=self.size)


class Dots(Widget):
    """Five dots, one lit, going round: something is being done. Stops by itself when taken off the screen."""

    COUNT = 5
    STEP = 0.25

    def __init__(self, area: Area, *, on: Colour, off: Colour) -> None:
        super().__init__()
        _placed(self, area)
        self._colours = (on, off)
        self._lit = 0
        size = min(area.height, area.width / (2 * self.COUNT - 1))
        start = area.x + (area.width - size * (2 * self.COUNT - 1)) / 2
        self._dots: list[Any] = []
        with self.canvas:
            for place in range(self.COUNT):
                self._dots.append(Color(*(on if place == 0 else off)))
                Ellipse(pos=(start + 2 * size * place, area.y + (area.height - size) / 2), size=(size, size))
        self._beat = Clock.schedule_interval(self._next, self.STEP)

    def _next(self, _dt: float) -> bool:
        if self.parent is None:
            return False
        self._lit = (self._lit + 1) % self.COUNT
        on, off = self._colours
        for place, dot in enumerate(self._dots):
            dot.rgba = on if place == self._lit else off
        return True
