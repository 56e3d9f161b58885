"""Moving figures to files: GIF, the same bytes for the same figure, and MP4 where ffmpeg is there."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any, Final

from topologies.errors import InputError

if TYPE_CHECKING:
    from PIL.Image import Image

    from analysis.plots.film import MovingFigure

FRAMES_PER_SECOND: Final = 20
DOTS_PER_INCH: Final = 110
_COLORS: Final = 256
_PALETTE_FRAMES: Final = 6
"""Frames whose colours make the palette of all: one for each would make what stands still flicker."""

_NEARLY_WHITE: Final = 248
"""Least parts of red, green and blue that become white: the mean of the paper and of edges that fade into it."""

Progress = Callable[[int, int], None]
"""Is told how many frames are done, and how many there are."""


def write_gif(figure: MovingFigure, file: IO[bytes], progress: Progress) -> None:
    """Write all frames as a GIF that begins anew after the last one."""
    from PIL.Image import Dither

    palette = _palette(figure)
    frames = [image.quantize(palette=palette, dither=Dither.NONE) for image in _pictures(figure, progress)]
    pause = 1000 // FRAMES_PER_SECOND
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=pause, loop=0, optimize=False)


def write_mp4(figure: MovingFigure, path: str, progress: Progress) -> None:
    """Write all frames as an MP4 (H.264); raises InputError where there is no ffmpeg, or it fails."""
    program = shutil.which("ffmpeg")
    if program is None:
        raise InputError("found no ffmpeg, which writes MP4; install it, or make a GIF: --format gif")
    figure.set_dpi(DOTS_PER_INCH)
    width, height = figure.canvas.get_width_height()
    taken = f"-f rawvideo -pix_fmt rgb24 -s {width}x{height} -r {FRAMES_PER_SECOND} -i -"
    made = "-an -c:v libx264 -crf 18 -pix_fmt yuv420p -vf pad=ceil(iw/2)*2:ceil(ih/2)*2 -fflags +bitexact -f mp4"
    command = [program, "-y", "-loglevel", "error", *taken.split(), *made.split(), path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        try:
            for image in _pictures(figure, progress):
                process.stdin.write(image.tobytes())
        except BrokenPipeError:
            pass
        _, told = process.communicate()
    if process.returncode:
        reason = told.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise InputError(f"ffmpeg could not write the film ({reason[0][:200]}); make a GIF: --format gif")


def _pictures(figure: MovingFigure, progress: Progress, step: int = 1) -> Iterator[Image]:
    """Yield a picture of each frame, or of every second, third, ...; what stands still is drawn once."""
    from analysis.plots.theme import theme

    with theme():
        canvas = figure.canvas
        figure.set_dpi(DOTS_PER_INCH)
        figure.set_frame(0)
        canvas.draw()
        still = canvas.copy_from_bbox(figure.bbox)  # type: ignore[attr-defined]
        for frame in range(0, figure.frames, step):
            canvas.restore_region(still)  # type: ignore[attr-defined]
            for artist in sorted(figure.set_frame(frame), key=lambda artist: artist.get_zorder()):
                figure.draw_artist(artist)
            yield _picture(canvas)
            progress(frame + 1, figure.frames)


def _picture(canvas: Any) -> Image:
    import numpy as np
    from PIL import Image

    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def _palette(figure: MovingFigure) -> Image:
    """Return a picture with the colours of all frames: those of some of them."""
    from PIL import Image

    step = max(1, figure.frames // _PALETTE_FRAMES)
    chosen = list(_pictures(figure, lambda done, of: None, step))
    width, height = chosen[0].size
    together = Image.new("RGB", (width, height * len(chosen)))
    for number, image in enumerate(chosen):
        together.paste(image, (0, number * height))
    found = together.quantize(_COLORS)
    colors = found.getpalette()
    assert colors is not None
    for first in range(0, len(colors), 3):
        if min(colors[first : first + 3]) >= _NEARLY_WHITE:
            colors[first : first + 3] = [255] * 3
    found.putpalette(colors)
    return found
