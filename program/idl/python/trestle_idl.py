"""A client out of the IDL: everything it knows of Trestle stands in trestle.json.

Standard library only. Encodes instructions, derives addresses, decodes
accounts, and lays out a legacy Solana message. Signing is the caller's.

    python3 trestle_idl.py < requests.json > answers.json

A request is {"blockhash", "payer", "calls": [{"instruction", "accounts",
"args"}]}; an address is base58, or {"pda": name, "seeds": {...}}. The answer
holds the message's bytes, base16, and the addresses that were derived. With
"decode": {"account", "data"} it holds the account's fields instead.
"""

import hashlib
import json
import sys
from pathlib import Path

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
PRIME = 2**255 - 19
CURVE_D = -121665 * pow(121666, -1, PRIME) % PRIME


def from_base58(text: str) -> bytes:
    number = 0
    for letter in text:
        number = number * 58 + ALPHABET.index(letter)
    return number.to_bytes(32, "big")


def to_base58(key: bytes) -> str:
    number, text = int.from_bytes(key, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return "1" * (len(key) - len(key.lstrip(b"\0"))) + text


def on_curve(key: bytes) -> bool:
    """Whether 32 bytes are a point of ed25519: then they are no derived address."""
    y = int.from_bytes(key, "little") & (2**255 - 1)
    square = (y * y - 1) * pow(CURVE_D * y * y + 1, -1, PRIME) % PRIME
    return square == 0 or pow(square, (PRIME - 1) // 2, PRIME) == 1


class Idl:
    def __init__(self, path: Path):
        program = json.loads(path.read_text())["program"]
        self.program = program["publicKey"]
        by_name = lambda rows: {row["name"]: row for row in rows}
        self.instructions = by_name(program["instructions"])
        self.types = by_name(program["definedTypes"])
        self.accounts = by_name(program["accounts"])
        self.pdas = by_name(program["pdas"])

    def encode(self, node: dict, value) -> bytes:
        match node["kind"]:
            case "numberTypeNode":
                signed = node["format"].startswith("i")
                size = int(node["format"][1:]) // 8
                return int(value).to_bytes(size, "little", signed=signed)
            case "booleanTypeNode":
                return bytes([bool(value)])
            case "publicKeyTypeNode":
                return from_base58(self.address(value))
            case "bytesTypeNode":
                return bytes.fromhex(value)
            case "fixedSizeTypeNode":
                encoded = self.encode(node["type"], value)
                if len(encoded) != node["size"]:
                    raise ValueError(f"{len(encoded)} bytes where {node['size']} belong")
                return encoded
            case "arrayTypeNode":
                if node["count"]["kind"] == "fixedCountNode" and len(value) != node["count"]["value"]:
                    raise ValueError("an array of another length")
                return b"".join(self.encode(node["item"], item) for item in value)
            case "structTypeNode":
                return b"".join(self.encode(f["type"], value[f["name"]]) for f in node["fields"])
            case "definedTypeLinkNode":
                return self.encode(self.types[node["name"]]["type"], value)
            case other:
                raise ValueError(f"unknown type {other}")

    def decode(self, node: dict, data: bytes):
        """The value at the front of `data`, and what is left."""
        match node["kind"]:
            case "numberTypeNode":
                size = int(node["format"][1:]) // 8
                signed = node["format"].startswith("i")
                return int.from_bytes(data[:size], "little", signed=signed), data[size:]
            case "booleanTypeNode":
                return data[0] == 1, data[1:]
            case "publicKeyTypeNode":
                return to_base58(data[:32]), data[32:]
            case "fixedSizeTypeNode":
                return data[: node["size"]].hex(), data[node["size"] :]
            case "arrayTypeNode":
                count, items = node["count"].get("value"), []
                while len(items) < count if count is not None else data:
                    item, data = self.decode(node["item"], data)
                    items.append(item)
                return items, data
            case "structTypeNode":
                fields = {}
                for field in node["fields"]:
                    fields[field["name"]], data = self.decode(field["type"], data)
                return fields, data
            case "definedTypeLinkNode":
                return self.decode(self.types[node["name"]]["type"], data)
            case other:
                raise ValueError(f"unknown type {other}")

    def address(self, wanted) -> str:
        """Base58 as it is; a PDA by the IDL's seeds."""
        if isinstance(wanted, str):
            return wanted
        seeds = []
        for seed in self.pdas[wanted["pda"]]["seeds"]:
            if seed["kind"] == "constantPdaSeedNode":
                seeds.append(seed["value"]["string"].encode())
            else:
                seeds.append(self.encode(seed["type"], wanted["seeds"][seed["name"]]))
        for bump in range(255, -1, -1):
            parts = [*seeds, bytes([bump]), from_base58(self.program), b"ProgramDerivedAddress"]
            key = hashlib.sha256(b"".join(parts)).digest()
            if not on_curve(key):
                return to_base58(key)
        raise ValueError("no address")

    def instruction(self, call: dict):
        """Account metas and data of a call."""
        row = self.instructions[call["instruction"]]
        metas = []
        for account in row["accounts"]:
            key = self.address(call["accounts"][account["name"]])
            metas.append((key, account["isSigner"], account["isWritable"]))
        for extra in call.get("remaining", []):
            metas.append((self.address(extra["key"]), extra["signer"], extra["writable"]))
        data = b""
        for argument in row["arguments"]:
            if argument.get("defaultValueStrategy") == "omitted":
                value = argument["defaultValue"]["number"]
            else:
                value = call["args"].get(argument["name"], "")
            data += self.encode(argument["type"], value)
        return metas, data


def compact(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def message(idl: Idl, request: dict) -> bytes:
    """A legacy message: header, keys, blockhash, instructions."""
    calls = [idl.instruction(call) for call in request["calls"]]
    flags = {request["payer"]: [True, True], idl.program: [False, False]}
    for metas, _ in calls:
        for key, signer, writable in metas:
            known = flags.setdefault(key, [False, False])
            known[0] |= signer
            known[1] |= writable
    rank = lambda key: (key != request["payer"], not flags[key][0], not flags[key][1])
    keys = sorted(flags, key=rank)
    signed = [key for key in keys if flags[key][0]]
    header = [
        len(signed),
        sum(not flags[key][1] for key in signed),
        sum(flags[key] == [False, False] for key in keys),
    ]
    out = bytes(header) + compact(len(keys)) + b"".join(map(from_base58, keys))
    out += from_base58(request["blockhash"]) + compact(len(calls))
    for metas, data in calls:
        out += bytes([keys.index(idl.program)]) + compact(len(metas))
        out += bytes(keys.index(key) for key, _, _ in metas) + compact(len(data)) + data
    return out


def answer(idl: Idl, request: dict) -> dict:
    if "decode" in request:
        account = idl.accounts[request["decode"]["account"]]
        fields, rest = idl.decode(account["data"], bytes.fromhex(request["decode"]["data"]))
        if rest:
            raise ValueError(f"{len(rest)} bytes too many")
        return {"fields": fields}
    return {"message": message(idl, request).hex()}


if __name__ == "__main__":
    document = Idl(Path(__file__).resolve().parent.parent / "trestle.json")
    print(json.dumps([answer(document, request) for request in json.load(sys.stdin)]))
