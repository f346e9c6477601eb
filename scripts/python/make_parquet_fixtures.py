"""Writes the Parquet files that tests/data reads. Needs pyarrow. Usage: make_parquet_fixtures.py [FOLDER]"""

import sys
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data/fixtures")
folder.mkdir(parents=True, exist_ok=True)

message = pa.struct([("role", pa.string()), ("content", pa.string())])


def chat(i):
    turns = [
        {"role": "user", "content": f"What is {i} plus {i}? äöü \U0001f600"},
        {"role": "assistant", "content": f"It is {2 * i}."},
    ]
    return [{"role": "system", "content": "Answer in one line.\nNo more."}, *turns] if i % 3 == 0 else turns


def write(name, table, **options):
    pq.write_table(table, folder / f"{name}.parquet", **options)


chats = pa.table(
    {
        "messages": pa.array([chat(i) for i in range(10)], pa.list_(message)),
        "id": pa.array([9007199254740993 + i for i in range(10)], pa.int64()),
        "label": pa.array([None if i % 4 == 0 else i for i in range(10)], pa.int32()),
        "flagged": pa.array([i % 2 == 0 for i in range(10)], pa.bool_()),
    }
)
for codec in ["none", "snappy", "gzip", "zstd"]:
    write(f"chats-{codec}", chats, compression=codec, row_group_size=4)

# Every type whose values must come through a rewrite unchanged.
rows = 3
types = pa.table(
    {
        "prompt": pa.array(["first", "second", None], pa.string()),
        "completion": pa.array(["one", "", "three"], pa.string()),
        "int8": pa.array([-128, None, 127], pa.int8()),
        "uint32": pa.array([0, 4294967295, None], pa.uint32()),
        "uint64": pa.array([0, 18446744073709551615, None], pa.uint64()),
        "float": pa.array([0.1, None, float("nan")], pa.float32()),
        "half": pa.array([0.5, None, -2.0], pa.float16()),
        "double": pa.array([0.1, -0.0, float("inf")], pa.float64()),
        "decimal": pa.array([Decimal("1234567890123456789.01"), None, Decimal("-0.05")], pa.decimal128(30, 2)),
        "day": pa.array([date(1969, 12, 31), None, date(2024, 2, 29)], pa.date32()),
        "time": pa.array([1, None, 86399999999], pa.time64("us")),
        "moment": pa.array([datetime(1969, 12, 31, 23, 59, 59, 1, timezone.utc), None, None], pa.timestamp("us", tz="UTC")),
        "local": pa.array([1, None, -1], pa.timestamp("ns")),
        "bytes": pa.array([b"\xff\x00", b"", None], pa.binary()),
        "fixed": pa.array([b"abcd", None, b"\x00\x01\x02\x03"], pa.binary(4)),
        "tags": pa.array([["a", None, ""], [], None], pa.list_(pa.string())),
        "nested": pa.array(
            [{"a": 1, "b": [{"c": [1, 2]}, None, {"c": None}]}, {"a": None, "b": []}, None],
            pa.struct([("a", pa.int64()), ("b", pa.list_(pa.struct([("c", pa.list_(pa.int16()))])))]),
        ),
        "counts": pa.array([[("x", 1), ("y", None)], [], None], pa.map_(pa.string(), pa.int64())),
        "word": pa.array(["red", "blue", "red"], pa.string()).dictionary_encode(),
    }
)
write("types", types)

required = pa.schema(
    [
        pa.field("question", pa.string(), nullable=False),
        pa.field("answer", pa.string(), nullable=False),
        pa.field("n", pa.int32(), nullable=False),
    ]
)
write("required", pa.table([["Who?", "Why?"], ["I.", "Because."], [1, 2]], schema=required))
