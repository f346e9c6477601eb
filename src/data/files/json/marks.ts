const marks = '"\\,[]{}';
type Marks = [number, number, number, number, number, number, number];

/** The bytes of JSON's marks. */
export const [quote, backslash, comma, openList, closeList, openObject, closeObject] = [...Buffer.from(marks)] as Marks;
