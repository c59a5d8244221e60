"""Count the habits of English that this project is giving up, and fail if there are more of them.

The patterns are in script/words.txt. While old text is being rewritten, script/words.json allows
each folder the number of hits that it had; the numbers may only become smaller.

    script/words.py            fail if a folder has more hits than it is allowed, and show them
    script/words.py --list     show every hit, or those in the given paths
    script/words.py --update   write down the present numbers, once there are fewer
"""

import argparse
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LIST, ALLOWED = HERE / "words.txt", HERE / "words.json"
KINDS = (".py", ".html", ".txt", ".md")
# Text of others, and files that have to name the words.
LEFT_OUT = ("fixtures/", "static/", "tests/govuk/published/", "script/words")


def pattern():
    lines = [line.split("#")[0].strip() for line in LIST.read_text().splitlines()]
    words = "|".join(line for line in lines if line)
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])".replace(" ", r"\s+"), re.IGNORECASE)


def tracked():
    names = subprocess.run(
        ["git", "ls-files"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [
        name
        for name in names
        if name.endswith(KINDS) and not name.startswith(LEFT_OUT) and (ROOT / name).is_file()
    ]


def hits(names):
    """Yield the file, line number and words of each hit."""
    wanted = pattern()
    for name in names:
        text = (ROOT / name).read_text(errors="replace")
        for match in wanted.finditer(text):
            yield name, text.count("\n", 0, match.start()) + 1, " ".join(match[0].split())


def folder_of(name):
    """Return the app, or "." for a file at the top: files may move within an app."""
    return name.split("/")[0] if "/" in name else "."


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="show every hit")
    parser.add_argument("--update", action="store_true", help="write down the present numbers")
    parser.add_argument("paths", nargs="*", help="look in these files and folders only")
    options = parser.parse_args()
    names = [
        name
        for name in tracked()
        if not options.paths or any(Path(name).is_relative_to(path) for path in options.paths)
    ]
    found = list(hits(names))
    if options.list or options.paths:
        for name, line, words in found:
            print(f"{name}:{line}: {words}")
        return 0
    counts = Counter(folder_of(name) for name, _, _ in found)
    allowed = json.loads(ALLOWED.read_text()) if ALLOWED.exists() else {}
    more = {folder for folder, count in counts.items() if count > allowed.get(folder, 0)}
    if more and (allowed or not options.update):
        examples = defaultdict(list)
        for name, line, words in found:
            examples[folder_of(name)].append(f"  {name}:{line}: {words}")
        for folder in sorted(more):
            print(f"{folder}: {counts[folder]} hits, {allowed.get(folder, 0)} are allowed:")
            print("\n".join(examples[folder][-40:]))
        print("Write it more plainly: see script/words.txt.")
        return 1
    if options.update:
        ALLOWED.write_text(json.dumps(dict(sorted(counts.items())), indent=2) + "\n")
    elif sum(counts.values()) < sum(allowed.values()):
        print("There are fewer hits than are allowed: script/words.py --update writes them down.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
