import type { Pointer } from "./interpreter.ts";
import type { PythonExports } from "./pythonExports.ts";
import type { WasmGlobal } from "./webAssembly.ts";

// Bits of PyTypeObject.tp_flags, from CPython's object.h.
const LONG_SUBCLASS = 1 << 24;
const LIST_SUBCLASS = 1 << 25;
const TUPLE_SUBCLASS = 1 << 26;
const BYTES_SUBCLASS = 1 << 27;
const UNICODE_SUBCLASS = 1 << 28;
const DICT_SUBCLASS = 1 << 29;

const MAX_DEPTH = 100;

/**
 * A copy of a value in which everything that derives from a number, text, list, tuple, dictionary or set is exactly
 * that: a Counter becomes a dictionary, a named tuple a tuple. It reads the values where C keeps them and runs none of
 * the methods of their classes. Anything else stays what it is.
 *
 * @returns a new reference
 */
export function plainCopy(c: PythonExports, value: Pointer, depth = 0): Pointer {
  const type = c.PyObject_Type(value);
  const flags = c.PyType_GetFlags(type);
  const isA = (base: WasmGlobal): boolean => c.PyType_IsSubtype(type, base.value as Pointer) !== 0;
  const copy = (item: Pointer): Pointer => plainCopy(c, item, depth + 1);
  if (depth < MAX_DEPTH && type !== c.PyBool_Type.value) {
    if (flags & LONG_SUBCLASS) return c._PyLong_Copy(value);
    if (flags & UNICODE_SUBCLASS) return c.PyUnicode_FromObject(value);
    if (flags & BYTES_SUBCLASS) return c.PyBytes_FromStringAndSize(c.PyBytes_AsString(value), c.PyBytes_Size(value));
    if (flags & LIST_SUBCLASS) return copyList(c, value, copy);
    if (flags & TUPLE_SUBCLASS) return copyTuple(c, value, copy);
    if (flags & DICT_SUBCLASS) return copyDict(c, value, copy);
    if (isA(c.PyFloat_Type)) return c.PyFloat_FromDouble(c.PyFloat_AsDouble(value));
    if (isA(c.PySet_Type)) return copySet(c, value, c.PySet_New(0), copy);
    if (isA(c.PyFrozenSet_Type)) return copySet(c, value, c.PyFrozenSet_New(0), copy);
  }
  c.Py_IncRef(value);
  return value;
}

type Copy = (item: Pointer) => Pointer;

function copyList(c: PythonExports, list: Pointer, copy: Copy): Pointer {
  const size = c.PyList_Size(list);
  const result = c.PyList_New(size);
  for (let i = 0; i < size; i++) c.PyList_SetItem(result, i, copy(c.PyList_GetItem(list, i)));
  return result;
}

function copyTuple(c: PythonExports, tuple: Pointer, copy: Copy): Pointer {
  const size = c.PyTuple_Size(tuple);
  const result = c.PyTuple_New(size);
  for (let i = 0; i < size; i++) c.PyTuple_SetItem(result, i, copy(c.PyTuple_GetItem(tuple, i)));
  return result;
}

function copyDict(c: PythonExports, dict: Pointer, copy: Copy): Pointer {
  const result = c.PyDict_New();
  const cursor = createCursor(c);
  while (c.PyDict_Next(dict, cursor.position, cursor.first, cursor.second)) {
    c.PyDict_SetItem(result, copy(cursor.read(cursor.first)), copy(cursor.read(cursor.second)));
  }
  return result;
}

function copySet(c: PythonExports, set: Pointer, result: Pointer, copy: Copy): Pointer {
  const cursor = createCursor(c);
  while (c._PySet_NextEntry(set, cursor.position, cursor.first, cursor.second)) {
    c.PySet_Add(result, copy(cursor.read(cursor.first)));
  }
  return result;
}

/** Three words of C memory: where an iteration stands, and what it returns. */
function createCursor(c: PythonExports) {
  const position = c.malloc(12);
  new Uint32Array(c.memory.buffer, position, 3).fill(0);
  const read = (address: number): Pointer => new DataView(c.memory.buffer).getUint32(address, true);
  return { position, first: position + 4, second: position + 8, read };
}
