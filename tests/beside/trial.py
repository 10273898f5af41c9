"""trial.py KIND COUNT SEED FOLDER: asks both daemons the same COUNT times, at random; prints each kind of difference once."""
import difflib
import random
import re
import sys

from definitions import Definitions
from ports import Ports
from sides import both
from updates import Updates


def lines(answer):
    return [line for part in answer for line in str(part).split("\n")]


def main():
    kind, count, seed, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    chance, sides = random.Random(seed), both()
    trial = {
        "definitions": lambda: Definitions(chance, sides, folder),
        "updates": lambda: Updates(chance, sides, running=False),
        "live-updates": lambda: Updates(chance, sides, running=True),
        "ports": lambda: Ports(chance, sides),
    }[kind]()
    seen, different = set(), 0
    for _ in range(count):
        asked, (theirs, ours) = trial.next()
        if theirs == ours:
            continue
        different += 1
        change = [line for line in difflib.unified_diff(lines(theirs), lines(ours), "libvirt", "virtnet", lineterm="", n=0) if line[:2] != "@@"][2:]
        key = re.sub(r"'[^']*'|\d+", "_", "\n".join(change[:4]))
        if key not in seen:
            seen.add(key)
            print(f"== {asked if isinstance(asked, str) else ' '.join(map(str, asked))}\n" + "\n".join(change), flush=True)
    print(f"{count - different} same, {different} different")


main()
