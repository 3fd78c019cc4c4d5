"""Writes a version's table of instructions, src/LeakySpanner.CPython/Code/Tables/OpcodesXY.cs, as its own interpreter states it.

    python3.12 scripts/layout/opcodes.py > src/LeakySpanner.CPython/Code/Tables/Opcodes312.cs

Numbers, inline caches and specialised forms are asked for; what the instructions do is in Code/InstructionMeanings.cs, by name. A name that
is new there makes a test fail. Runs on every CPython from 3.8 on, and needs nothing else.
"""
import dis
import opcode
import sys

LARGEST = 255
INSTRUMENTED = "INSTRUMENTED_"

# Opcodes that hide what they replaced: whoever looks would have to ask the interpreter's notes on monitoring.
HIDING = ("INSTRUMENTED_LINE", "INSTRUMENTED_INSTRUCTION")


def numbers():
    """Every name with its number, specialised forms included."""
    found = dict(opcode.opmap)
    try:
        from _opcode_metadata import _specialized_opmap  # since 3.13

        found.update(_specialized_opmap)
    except ImportError:
        # 3.11 and 3.12: dis gives the free numbers to the specialised forms, in the interpreter's order.
        found.update(getattr(dis, "_all_opmap", {}))
    return {name: number for name, number in found.items() if number <= LARGEST}


def caches_of(name, number):
    entries = getattr(opcode, "_inline_cache_entries", ())
    if hasattr(entries, "get"):
        return entries.get(name, 0)
    return entries[number] if number < len(entries) else 0


def main():
    major, minor = sys.version_info[:2]
    known = numbers()
    forms = {name: list(special) for name, special in getattr(opcode, "_specializations", {}).items()}
    for name in known:
        base = name[len(INSTRUMENTED):]
        if name.startswith(INSTRUMENTED) and name not in HIDING and base in known:
            forms.setdefault(base, []).append(name)
    hidden = {name for special in forms.values() for name in special}
    if minor >= 13 and "ENTER_EXECUTOR" in known:
        known_caches = {"ENTER_EXECUTOR": caches_of("JUMP_BACKWARD", known["JUMP_BACKWARD"])}
    else:
        known_caches = {}
    lines = "Lnotab" if minor < 10 else "Ranges" if minor < 11 else "Locations"
    print("namespace LeakySpanner.CPython.Code.Tables;\n")
    print(f"/// <summary>CPython {major}.{minor}, as {sys.version.split()[0]} states it: written by scripts/layout/opcodes.py.</summary>")
    print(f"public static class Opcodes{major}{minor}")
    print("{")
    print("    public static readonly OpcodeTable Table = new(")
    common = enumerate(getattr(opcode, "_common_constants", ()))
    common = ", ".join(f"({index}, {value})" for index, value in common if type(value) is int)
    print(f"        new Version({major}, {minor}), LineTableForm.{lines}, jumpsCountBytes: {'true' if minor < 10 else 'false'}, commonNumbers: [{common}],")
    print("        [")
    for name, number in sorted(known.items(), key=lambda pair: pair[1]):
        if name in hidden or name in HIDING or name.startswith("<") or name in ("CACHE", "RESERVED", "TRACE_RECORD"):
            continue
        caches = known_caches.get(name, caches_of(name, number))
        special = sorted(known[form] for form in forms.get(name, ()) if form in known)
        tail = f", {caches}" if caches or special else ""
        tail += "".join(f", {form}" for form in special)
        print(f'            new({number}, "{name}"{tail}),')
    print("        ]);")
    print("}")


main()
