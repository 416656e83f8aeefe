"""What the rows of every list have in common: their ground, their covers, their lines of text."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from aimusic_desktop.ui import theme


def paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """Show whether a row is selected, hovered, or has the keyboard."""
    palette, rect = option.palette, QRectF(option.rect).adjusted(4, 1, -4, -1)
    accent = QColor(theme.accent(palette))
    if option.state & QStyle.StateFlag.State_Selected:
        accent.setAlphaF(0.20 if option.state & QStyle.StateFlag.State_Active else 0.12)
        fill(painter, rect, accent)
    elif option.state & QStyle.StateFlag.State_MouseOver:
        text, base = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base)
        fill(painter, rect, theme.mixed(text, base, 0.05))
    focus = QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_KeyboardFocusChange
    if option.state & focus == focus:
        painter.setPen(QPen(theme.accent(palette), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), theme.RADIUS, theme.RADIUS)


def paint_cover(painter: QPainter, rect: QRect, cover: QPixmap) -> None:
    """Draw a cover into a rounded square."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(rect), theme.RADIUS, theme.RADIUS)
    painter.save()
    painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(rect, cover)
    painter.restore()


def paint_icon(painter: QPainter, rect: QRect, name: str, side: int, color: QColor) -> None:
    """Draw a symbolic icon, ``side`` device-independent pixels wide, in the middle of ``rect``."""
    pixmap = theme.tinted_pixmap(name, QSize(side, side), color, painter.device().devicePixelRatioF())
    painter.drawPixmap(rect.x() + (rect.width() - side) // 2, rect.y() + (rect.height() - side) // 2, pixmap)


def paint_line(
    painter: QPainter,
    rect: QRect,
    text: str,
    font: QFont,
    color: QColor,
    direction: Qt.LayoutDirection,
    *,
    at_end: bool = False,
) -> None:
    """Draw one line of text from the side where reading begins, or ``at_end`` from the other; it ends in
    an ellipsis where the room ends."""
    begins = Qt.AlignmentFlag.AlignRight if at_end else Qt.AlignmentFlag.AlignLeft
    side = QStyle.visualAlignment(direction, begins | Qt.AlignmentFlag.AlignVCenter)
    shown = QFontMetrics(font).elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, rect.width())
    painter.setFont(font)
    painter.setPen(color)
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # by the text, not by the window
    side |= Qt.AlignmentFlag.AlignAbsolute
    flags = side.value | Qt.TextFlag.TextSingleLine.value | Qt.TextFlag.TextDontClip.value
    painter.drawText(rect, flags, shown)


def fill(painter: QPainter, rect: QRectF, color: QColor, radius: float = theme.RADIUS) -> None:
    """Fill a rounded rectangle."""
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    painter.fillPath(path, color)
