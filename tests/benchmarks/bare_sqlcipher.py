"""The peer of `dsr list --json` and `dsr report`: sqlcipher3 alone, the same rows as JSON.

Usage: bare_sqlcipher.py FILE KEY SQL [VALUE]...
"""

import json
import sys

from sqlcipher3 import dbapi2

path, key, sql, *values = sys.argv[1:]
db = dbapi2.connect(path)
db.execute(f"PRAGMA key = \"x'{key}'\"")
cursor = db.execute(sql, values)
names = [column[0] for column in cursor.description]
rows = [dict(zip(names, row, strict=True)) for row in cursor]
json.dump({"version": 1, "data": rows, "errors": []}, sys.stdout, ensure_ascii=False, indent=2)
