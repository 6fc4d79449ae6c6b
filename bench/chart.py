#!/usr/bin/env python3
"""Draws messages per second over sessions as SVG, from the results of bench.py (the row `curve`).

    bench/chart.py [RESULTS.json [CURVE.svg]]        default: bench/results/latest.json, bench/results/curve.svg
"""

import json
import math
import os
import sys

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 440, 70, 130, 40, 60
COLOURS = {"ours": "#0b6e4f", "postfix": "#c1440e", "exim": "#3a5a9b", "opensmtpd": "#8a6d1d"}
NAMES = {"ours": "Mta", "postfix": "Postfix", "exim": "Exim", "opensmtpd": "OpenSMTPD"}


def step(most):
    """A round distance between lines of the grid, for about five of them."""
    if most <= 0:
        return 1
    power = 10 ** math.floor(math.log10(most / 5))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor * 5 >= most)


def draw(curve):
    """curve: {system: [[sessions, messages per second, lowest, highest], ...]}"""
    points = [point for rows in curve.values() for point in rows]
    sessions = sorted({point[0] for point in points})
    top = max(point[3] for point in points)
    grid = step(top)
    top = grid * math.ceil(top / grid)
    low, high = math.log(sessions[0]), math.log(max(sessions[-1], sessions[0] + 1))

    def x(value):
        return LEFT + (math.log(value) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(value):
        return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
           f'<text x="{LEFT}" y="22" font-size="15">Relayed messages per second over concurrent sessions (4 KiB, median and range)</text>']
    value = 0
    while value <= top:
        out.append(f'<line x1="{LEFT}" y1="{y(value):.1f}" x2="{WIDTH - RIGHT}" y2="{y(value):.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>')
        value += grid
    for count in sessions:
        out.append(f'<text x="{x(count):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{count}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 14}" text-anchor="middle">sessions</text>')
    ends = []
    for name, rows in curve.items():
        colour = COLOURS.get(name, "#333")
        for count, middle, lowest, highest in rows:
            out.append(f'<line x1="{x(count):.1f}" y1="{y(lowest):.1f}" x2="{x(count):.1f}" y2="{y(highest):.1f}" stroke="{colour}"/>')
            out.append(f'<circle cx="{x(count):.1f}" cy="{y(middle):.1f}" r="3.5" fill="{colour}"/>')
        line = " ".join(f"{x(count):.1f},{y(middle):.1f}" for count, middle, _, _ in rows)
        out.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        ends.append([y(rows[-1][1]), name, colour])
    # Names beside the ends of the lines, none over another.
    ends.sort()
    for i in range(1, len(ends)):
        ends[i][0] = max(ends[i][0], ends[i - 1][0] + 16)
    for at, name, colour in ends:
        out.append(f'<text x="{WIDTH - RIGHT + 12}" y="{at + 4:.1f}" fill="{colour}">{NAMES.get(name, name)}</text>')
    return "\n".join(out) + "\n</svg>\n"


def main():
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "results")
    source = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "latest.json")
    target = sys.argv[2] if len(sys.argv) > 2 else os.path.join(here, "curve.svg")
    with open(source) as f:
        curve = json.load(f).get("curve")
    if not curve:
        sys.exit(f"{source} has no curve: run bench/run.sh --only curve")
    with open(target, "w") as f:
        f.write(draw(curve))


if __name__ == "__main__":
    main()
