type Token = number | string;

/** Larger powers are nobody's homework. */
const mostDigits = 15;

/** LaTeX, signs and words of arithmetic as plain operators. Lengths change. */
export function plainMath(text: string): string {
  return text
    .replaceAll("\u2019", "'")
    .replace(/\\[dt]?frac\{([^{}]+)\}\{([^{}]+)\}/g, "(($1)/($2))")
    .replace(/\\sqrt\{([^{}]+)\}|\bsqrt\s*\(([^()]+)\)|√\s*(\d+)/g, (_, a, b, c) => `((${a ?? b ?? c})^0.5)`)
    .replace(/\\(?:left|right|text|mathrm|operatorname)\b|\\[(),;![\]]/g, " ")
    .replace(/\\(?:times|cdot)\b|×|·/g, "*")
    .replace(/\\div\b|÷/g, "/")
    .replace(/\\?\b[pb]?mod(?:ulo)?\b/gi, " % ")
    .replace(/\\(gcd|lcm)\b/g, "$1")
    .replace(/[−–]/g, "-")
    .replace(/(?<=\d),(?=\d{3}\b)/g, "")
    .replace(/\$(?=\S)|(?<=\S)\$/g, "")
    .replace(/\{/g, "(")
    .replace(/\}/g, ")")
    .replace(/(?<=[\d)])\s*(?:x|\*\*)\s*(?=[\d(])/g, (sign) => (sign.includes("**") ? "^" : "*"))
    .replace(/(\d+(?:\.\d+)?)\s?%\s+of\s+(?=\d)/g, "($1/100)*")
    .replace(
      /(?<=[\d)])\s+(plus|minus|times|multiplied by|divided by|over|added to|to the power of)\s+(?=[\d(-])/gi,
      (_, word: string) => operators[word.toLowerCase()] as string,
    )
    .replace(/(?<=[\d)])\s+squared\b/gi, "^2")
    .replace(/(?<=[\d)])\s+cubed\b/gi, "^3");
}

const operators: Readonly<Record<string, string>> = {
  plus: "+",
  minus: "-",
  times: "*",
  "multiplied by": "*",
  "divided by": "/",
  over: "/",
  "added to": "+",
  "to the power of": "^",
};

/**
 * The value of an arithmetic expression of numbers, brackets and `+ - * / % ^`; `null` where it is something else or
 * has no value. `%` is the remainder, with the divisor's sign.
 */
export function evaluateArithmetic(expression: string): number | null {
  const tokens: Token[] = [];
  for (const [token] of expression.matchAll(/\d+(?:\.\d+)?|\.\d+|[-+*/%^()]|\S/g)) {
    if (!/^[\d.]|^[-+*/%^()]$/.test(token)) return null;
    tokens.push(/\d/.test(token) ? Number(token) : token);
  }
  if (tokens.length > 200) return null;
  const reader = { tokens, at: 0 };
  const value = readSum(reader);
  return value !== null && reader.at === tokens.length && Number.isFinite(value) && Math.abs(value) < 10 ** mostDigits
    ? value
    : null;
}

interface Reader {
  tokens: readonly Token[];
  at: number;
}

type Read = (reader: Reader) => number | null;

/** Operands of one precedence, from left to right. */
function chain(operand: Read, apply: Readonly<Record<string, (a: number, b: number) => number>>): Read {
  return (reader) => {
    let value = operand(reader);
    for (;;) {
      const sign = reader.tokens[reader.at];
      const operator = typeof sign === "string" && Object.hasOwn(apply, sign) ? apply[sign] : undefined;
      if (value === null || operator === undefined) return value;
      reader.at++;
      const right = operand(reader);
      value = right === null ? null : operator(value, right);
    }
  };
}

function readAtom(reader: Reader): number | null {
  const token = reader.tokens[reader.at++];
  if (typeof token === "number") return token;
  if (token !== "(") return null;
  const value = readSum(reader);
  return reader.tokens[reader.at++] === ")" ? value : null;
}

function readPower(reader: Reader): number | null {
  if (reader.tokens[reader.at] === "-") {
    reader.at++;
    const value = readPower(reader);
    return value === null ? null : -value;
  }
  const base = readAtom(reader);
  if (base === null || reader.tokens[reader.at] !== "^") return base;
  reader.at++;
  const exponent = readPower(reader);
  return exponent === null ? null : base ** exponent;
}

const readProduct = chain(readPower, {
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => ((a % b) + b) % b,
});
const readSum: Read = chain(readProduct, { "+": (a, b) => a + b, "-": (a, b) => a - b });
