import type { WasmGlobal, WasmMemory } from "./webAssembly.ts";

/** Addresses of C variables that are used, and the stack: its bounds and its pointer, which can be set. */
const variables = [
  "PyBool_Type",
  "PyExc_AssertionError",
  "PyExc_MemoryError",
  "PyFloat_Type",
  "PyFrozenSet_Type",
  "PyImport_Inittab",
  "PySet_Type",
  "__stack_high",
  "__stack_low",
  "__stack_pointer",
] as const;

/** C functions that are used. All take and return words of 32 bits, and floating-point numbers where C has them. */
const functions = [
  "malloc",
  "PyBytes_AsString",
  "PyBytes_FromStringAndSize",
  "PyBytes_Size",
  "PyDict_New",
  "PyDict_Next",
  "PyDict_SetItem",
  "PyDict_SetItemString",
  "PyErr_Clear",
  "PyErr_GetRaisedException",
  "PyErr_GivenExceptionMatches",
  "PyEval_EvalCode",
  "PyFloat_AsDouble",
  "PyFloat_FromDouble",
  "PyFrozenSet_New",
  "PyImport_AddModule",
  "PyList_GetItem",
  "PyList_New",
  "PyList_SetItem",
  "PyList_Size",
  "PyMarshal_ReadObjectFromString",
  "PyMarshal_WriteObjectToString",
  "PyModule_GetDict",
  "PyObject_IsTrue",
  "PyObject_Str",
  "PyObject_Type",
  "PySet_Add",
  "PySet_New",
  "PyTuple_GetItem",
  "PyTuple_New",
  "PyTuple_SetItem",
  "PyTuple_Size",
  "PyType_GetFlags",
  "PyType_GetName",
  "PyType_IsSubtype",
  "PyUnicode_AsUTF8AndSize",
  "PyUnicode_DecodeUTF8",
  "PyUnicode_FromObject",
  "Py_CompileStringExFlags",
  "Py_IncRef",
  "Py_InitializeEx",
  "_PyLong_Copy",
  "_PySet_NextEntry",
  "sbrk",
] as const;

/** What the interpreter's WebAssembly module exports, as far as it is used: Python's C interface. */
export type PythonExports = { memory: WasmMemory } & Record<(typeof variables)[number], WasmGlobal> &
  Record<(typeof functions)[number], (...args: number[]) => number>;

/** @throws Error naming what is missing, e.g. in another version of Pyodide */
export function checkExports(exports: Record<string, unknown>): PythonExports {
  const missing = [...variables, ...functions].filter((name) => !(name in exports));
  if (missing.length > 0) throw new Error(`Pyodide does not export ${missing.join(", ")}, which the sandbox needs`);
  return exports as unknown as PythonExports;
}
