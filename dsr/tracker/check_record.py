"""Checks a record that dsr exported, with Python alone: python3 -I check_record.py DIRECTORY."""

import json
import sys
from contextlib import suppress
from hashlib import file_digest, sha256
from pathlib import Path

root, chain, withheld, named = Path(sys.argv[1]), ["0" * 64], 0, set[str]()
lines = (root / "journal.jsonl").read_bytes().splitlines()
with suppress(Exception):  # the first entry that does not fit, or cannot be read, ends the chain
    for entry in map(json.loads, lines):
        told = [entry.get(name) for name in ("salt", "kind", "subject", "content")]
        ok = told[3] is None or sha256("\n".join(told).encode()).hexdigest() == entry["commitment"]
        digest = sha256(f"{chain[-1]}\n{entry['commitment']}".encode()).hexdigest()
        if not ok or (entry["position"], entry["digest"]) != (len(chain), digest):
            break
        if told[1] in ("event", "person") and told[3] is not None:
            named |= {file["sha256"] for file in json.loads(told[3]).get("attachments", ())}
        withheld += told[3] is None  # erased, or about somebody else: its commitment stands
        chain.append(digest)
print(f"entries whole: {len(chain) - 1} of {len(lines)}, their content withheld: {withheld}")
print("first bad entry:", len(chain) if len(chain) <= len(lines) else "none")
held = {f.name: file_digest(f.open("rb"), "sha256").hexdigest() for f in root.glob("documents/*")}
missing, altered = sorted(named - held.keys()), sorted(name for name in held if held[name] != name)
print(f"documents named: {len(named)}, missing: {missing}, altered: {altered}")
seal = json.loads((root / "seal" / "seal.json").read_bytes())
kept = chain[seal["entries"] : seal["entries"] + 1] == [seal["digest"]]
print(f"seal over entries 1 to {seal['entries']}: {'kept' if kept else 'BROKEN'}")
sys.exit(0 if kept and len(chain) > len(lines) and not missing and not altered else 1)
