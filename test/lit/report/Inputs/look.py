# SPDX-License-Identifier: Apache-2.0
#
# look.py BROWSER PAGE FOLDER light|dark [COLOUR]: renders PAGE as a person sees it who has that colour scheme, without
# network, and prints what the picture shows: the background, and whether the colour of a race (on the page of `baton
# report`, if none is given) is in it.
import os
import struct
import subprocess
import sys
import zlib

browser, page, folder, scheme = sys.argv[1:5]
picture = os.path.join(folder, scheme + ".png")
subprocess.run(
    [browser, "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
     "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + os.path.join(folder, "profile." + scheme),
     "--window-size=1100,1400", "--blink-settings=preferredColorScheme=%d" % (scheme == "light"),
     "--screenshot=" + picture, "file://" + page],
    check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def pixels(path):
    """Rows of (r, g, b) of a PNG with 8 bits a channel."""
    with open(path, "rb") as file:
        data = file.read()
    at, packed = 8, b""
    while at < len(data):
        (size,), kind = struct.unpack(">I", data[at:at + 4]), data[at + 4:at + 8]
        body = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert depth == 8 and colour in (2, 6), (depth, colour)
            step = 3 if colour == 2 else 4
        elif kind == b"IDAT":
            packed += body
        at += size + 12
    raw, rows, before = zlib.decompress(packed), [], bytes(width * step)
    for y in range(height):
        start = y * (width * step + 1)
        kind, row = raw[start], bytearray(raw[start + 1:start + 1 + width * step])
        for i, value in enumerate(row):
            left, up = row[i - step] if i >= step else 0, before[i]
            corner = before[i - step] if i >= step else 0
            if kind == 1:
                row[i] = (value + left) & 255
            elif kind == 2:
                row[i] = (value + up) & 255
            elif kind == 3:
                row[i] = (value + (left + up) // 2) & 255
            elif kind == 4:
                guess = left + up - corner
                near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))
                row[i] = (value + near[2]) & 255
        before = bytes(row)
        rows.append(before)
    return rows, step


rows, step = pixels(picture)
seen = {bytes(row[i:i + 3]) for row in rows for i in range(0, len(row), step)}
bad = bytes.fromhex(sys.argv[5] if len(sys.argv) > 5 else {"light": "c4122f", "dark": "ff7b72"}[scheme])
print("%s: background %s, race %s, %d rows" % (scheme, rows[2][0:3].hex(), "shown" if bad in seen else "not shown", len(rows)))
