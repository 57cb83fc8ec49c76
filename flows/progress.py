"""Progress of a long run: a bar for people at a terminal, silence under cron."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_shown: list[Progress] = []


@contextmanager
def shown(console: Console) -> Iterator[None]:
    """Show steps as a bar while the block runs, where the console is a terminal."""
    if not console.is_terminal:
        yield
        return
    columns = (TextColumn("{task.description:<46}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        bar.add_task("starting", total=None)
        _shown.append(bar)
        try:
            yield
        finally:
            _shown.remove(bar)


def expect(steps: int) -> None:
    """Say how many steps there will be."""
    for bar in _shown:
        bar.update(bar.task_ids[0], total=steps)


@contextmanager
def step(label: str) -> Iterator[None]:
    """Name what is being done; counts as one step when done."""
    for bar in _shown:
        bar.update(bar.task_ids[0], description=label)
    yield
    for bar in _shown:
        bar.advance(bar.task_ids[0])
