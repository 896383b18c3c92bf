"""A file of texts becomes a file with their labels, in bounded memory, whole or not at all."""

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from sweep.data.write import TableWriter
from sweep.export.answer import Answers, Predicts
from sweep.serving.crew import answers
from sweep.serving.pieces import Piece, Source


def label_file(
    source: Source,
    column: int,
    out: Path,
    names: Sequence[str],
    *,
    model: Predicts,
    folder: Path,
    workers: int | None,
    cores: int,
) -> Iterator[Answers]:
    """Write every row of a file with what the model says to its text.

    Args:
        source: the rows.
        column: position of the texts.
        out: the file to write; it is there when the last row is written, and not before.
        names: of the two columns that are added.
        model: the exported model.
        folder: where it lies.
        workers: processes that label side by side; None takes one a core where that pays.
        cores: how many there are.

    Yields:
        The answers, piece by piece, each when its rows are written.

    Raises:
        UserError: the output cannot be written, or a process was ended from outside.
    """
    held: deque[Piece] = deque()

    def texts() -> Iterator[Sequence[object]]:
        for piece in source.pieces():
            held.append(piece)  # until its answers come back, in the same order
            yield piece[column]

    types = None
    if source.types is not None:
        import pyarrow as pa

        types = [*source.types, pa.float64(), pa.string()]
    columns = [*source.columns, *names]
    with TableWriter(out, columns, header=source.named, types=types) as writer:
        for found in answers(
            model, folder, texts(), rows=source.rows, workers=workers, cores=cores
        ):
            writer.write([*held.popleft(), *found.cells()])
            yield found
