"""The line that the harness is for."""


def line(points: int, runs: int, lost: int, doubled: int, wrong: int) -> str:
    """Figures in words."""
    said = f"{points} crash points, {runs} runs, {lost} lost, {doubled} duplicated"
    return f"{said}, {wrong} left something behind" if wrong else said
