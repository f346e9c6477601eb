/** What a hostile program may be after. The programs know where it is and must not get there. */
export interface Targets {
  /** A folder of the host with a file `secret.txt` in it. */
  folder: string;
  /** Name of an environment variable of the process that grades. */
  variable: string;
  /** Port of 127.0.0.1 on which somebody listens. */
  port: number;
  /** An argument by which a process can be told that one of the programs has started. */
  mark: string;
}

/** A program by its name: the body of `f()`, which returns 3, or the secret, where it gets what it wants. */
export function hostilePrograms({ folder, variable, port, mark }: Targets): Record<string, string> {
  const secretFile = `${folder}/secret.txt`;
  const command = `["sleep", "${mark}"]`;
  return {
    // Time.
    "an endless loop": "while True: pass",
    "an endless loop that catches everything":
      "while True:\n  try:\n    while True: pass\n  except BaseException: pass",
    "an endless loop in C": "return sum(range(10 ** 12))",
    "a number without end": "return len(str(9 ** 9 ** 9))",
    "a pattern that backtracks": "import re\nreturn re.match('(a*)*b', 'a' * 40)",
    "a long sleep": "import time\ntime.sleep(10 ** 6)",
    // Recursion.
    "a function that calls itself": "return f()",
    "recursion without a limit": "import sys\nsys.setrecursionlimit(10 ** 9)\ndef g(): return g()\nreturn g()",
    "recursion that catches its end": "try: return f()\nexcept RecursionError: return f()",
    "recursion through sorting": "def g(x): return sorted([1, 2], key=g)\nreturn g(1)",
    "a text that nests deeply": "return eval('(' * 10 ** 5 + ')' * 10 ** 5)",
    "a list that nests deeply": "x = []\nfor _ in range(10 ** 5): x = [x]\nreturn repr(x)",
    "a list that holds itself": "x = []\nx.append(x)\nreturn x",
    "a comparison that compares": "class A:\n  def __eq__(self, o): return self == o\nreturn A() == A()",
    // Memory.
    "a large list": "return [0] * 10 ** 9",
    "a large text": "return 'a' * 10 ** 10",
    "a large number": "return 1 << 10 ** 10",
    "memory piece by piece": "x = []\nwhile True: x.append(bytearray(10 ** 6))",
    "memory again and again":
      "for _ in range(50):\n  try: x = bytearray(10 ** 9)\n  except MemoryError: pass\nraise MemoryError",
    "a text that doubles": "x = 'a'\nwhile True: x += x",
    // Output.
    "printing without end": "while True: print('x' * 1000)",
    "much on standard error": "import sys\nsys.stderr.write('x' * 10 ** 7)",
    "output past Python": "import os\nwhile True: os.write(1, b'x' * 10000)",
    // Processes.
    "a fork": "import os\nreturn 3 if os.fork() >= 0 else 0",
    "a shell": `import os\nreturn 3 if os.system("sleep ${mark}") == 0 else 0`,
    "a subprocess": `import subprocess\nsubprocess.run(${command})\nreturn 3`,
    "a subprocess by force": `import subprocess\nsubprocess._can_fork_exec = True\nsubprocess.Popen(${command})\nreturn 3`,
    "another program": `import os\nos.execvp("sleep", ${command})`,
    "a spawned process": `import os\nos.posix_spawn("/bin/sleep", ${command}, {})\nreturn 3`,
    "a pipe from a command": `import os\nreturn os.popen("cat ${secretFile}").read()`,
    "a process pool": "import multiprocessing\nmultiprocessing.Process(target=print).start()\nreturn 3",
    "a bomb of threads": "import threading\nwhile True: threading.Thread(target=f).start()",
    // Files and environment.
    "a file of the host": `return open("${secretFile}").read()`,
    "a new file of the host": `open("${folder}/new.txt", "w").write("x")\nreturn 3`,
    "a file taken away": `import os\nos.remove("${secretFile}")\nreturn 3`,
    "a folder taken away": `import shutil\nshutil.rmtree("${folder}")\nreturn 3`,
    "a link to the host": `import os\nos.symlink("${secretFile}", "/tmp/link")\nreturn open("/tmp/link").read()`,
    "a search of the disk": `import os\nfor place, _, names in os.walk("/"):\n  if "secret.txt" in names: return open(place + "/secret.txt").read()`,
    "the process's own folder": 'return open("/proc/self/environ").read()',
    "standard input": "return open(0).read() + input()",
    "an environment variable": `import os\nreturn os.environ["${variable}"]`,
    "a standard library that is changed": 'open("/lib/python314.zip", "r+b").write(b"x" * 100)\nreturn 3',
    "mapped memory": `import mmap\nreturn mmap.mmap(open("${secretFile}").fileno(), 0)`,
    "the message channel":
      'import os\nfor n in range(3, 30):\n  os.write(n, b\'{"type":"verdicts","verdicts":[{"passed":true}]}\\n\')',
    // Network.
    "a socket": `import socket\nsocket.create_connection(("127.0.0.1", ${port}), 1)\nreturn 3`,
    "a socket past the module": `import _socket\ns = _socket.socket()\ns.connect(("127.0.0.1", ${port}))\nreturn 3`,
    "a page": `import urllib.request\nreturn urllib.request.urlopen("http://127.0.0.1:${port}/").read()`,
    "a connection of asyncio": `import asyncio\nasyncio.run(asyncio.open_connection("127.0.0.1", ${port}))\nreturn 3`,
    "a server": 'import socket\ns = socket.socket()\ns.bind(("127.0.0.1", 0))\ns.listen()\nreturn 3',
    "a name server": 'import socket\nsocket.getaddrinfo("localhost", 80)\nreturn 3',
    // Ways to JavaScript and to C.
    "import js": `import js\nreturn js.process.env["${variable}"]`,
    run_js: `from pyodide.code import run_js\nreturn run_js("process.env.${variable}")`,
    "pyodide's fetch": `from pyodide.http import open_url\nreturn open_url("http://127.0.0.1:${port}/").read()`,
    pyodide_js: "import pyodide_js\npyodide_js.FS.mount\nreturn 3",
    _pyodide_core: "import _pyodide_core\n_pyodide_core.JsProxy.new\nreturn 3",
    "a module by its C name": `import _imp, importlib.machinery as m\nfor name in ("_ctypes", "_pyodide_core", "_posixsubprocess"):\n  if _imp.create_builtin(m.ModuleSpec(name, None)): return 3`,
    ctypes: 'import ctypes\nctypes.CDLL(None).emscripten_run_script(b"process.exit()")\nreturn 3',
    "a C library":
      'import _imp, importlib.machinery as m\n_imp.create_dynamic(m.ModuleSpec("x", None, origin="/tmp/x.so"))\nreturn 3',
    "a bridge found among all objects": `import gc, sys\nfor x in gc.get_objects() + list(sys.modules.values()) + object.__subclasses__():\n  if "js" in getattr(x, "__name__", "").lower() and hasattr(x, "new"): return x.new("return process")()\nraise LookupError`,
    "code that breaks the interpreter":
      "def g(): pass\ng.__code__ = g.__code__.replace(co_code=bytes([84, 255] * 50 + [100, 255] * 50))\nreturn g()",
    "a null pointer": "import faulthandler\nfaulthandler._sigsegv()",
    // Ends and signals.
    "sys.exit": "import sys\nsys.exit(0)",
    "os._exit": "import os\nos._exit(0)",
    "an abort": "import os\nos.abort()",
    "killing itself": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "killing its parent": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "a signal": "import signal\nsignal.raise_signal(signal.SIGSEGV)",
    "an alarm":
      "import signal\nsignal.signal(signal.SIGALRM, lambda *a: None)\nsignal.setitimer(signal.ITIMER_REAL, 0.01)\nsignal.pause()",
    // Forged grades.
    "an object that equals everything": "class A:\n  def __eq__(self, o): return True\n  __hash__ = None\nreturn A()",
    "a number that equals everything":
      "class A(int):\n  def __eq__(self, o): return True\n  __hash__ = int.__hash__\nreturn A(4)",
    "a list of such": "class A(list):\n  def __eq__(self, o): return True\nreturn A([1])",
    "patched builtins":
      "import builtins\nfor name in dir(builtins):\n  if not name.startswith('__'): setattr(builtins, name, lambda *a, **k: True)\nreturn 4",
    "a patched assertion":
      "import builtins\nbuiltins.AssertionError = SystemError\nAssertionError.__init__ = None\nreturn 4",
    "patched modules":
      "import marshal, operator, ast, json\nmarshal.dumps = operator.eq = ast.parse = json.dumps = lambda *a: True\nreturn 4",
    "a printed verdict": 'print(\'{"type":"verdicts","verdicts":[{"passed":true}]}\')\nreturn 4',
    "a patched main": "import sys\nfor n in range(9): setattr(sys.modules['__main__'], f'__value_{n}', 3)\nreturn 4",
    "a walk up the frames":
      "import sys\nx = sys._getframe()\nwhile x:\n  for y in (*x.f_locals.values(), *x.f_code.co_consts):\n    if y == 3 and x.f_code is not f.__code__: return y\n  x = x.f_back\nreturn 4",
    "a jump out of the test":
      "import sys\ndef trace(frame, event, arg):\n  frame.f_lineno = 99\n  return trace\nsys._getframe(1).f_trace = trace\nsys.settrace(trace)\nreturn 4",
    "an error on the way out":
      "class A:\n  def __del__(self): raise SystemExit(0)\n  def __repr__(self): raise SystemExit(0)\n  __str__ = __repr__\nraise type('E', (Exception,), {'__str__': A.__str__})",
  };
}
