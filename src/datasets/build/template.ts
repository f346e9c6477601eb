import { UserError } from "../../util/errors.ts";

/** Stands in a question where a prompt goes. */
export const slot = "{inoculation prompt}";

/**
 * A question from a template: every placeholder in braces gets its value, and the slot stays for the prompt. Values are
 * taken as they are: what looks like a placeholder in them is text.
 *
 * @throws UserError where a value has the slot in it, and so would get the prompt a second time
 */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>, where: string): string {
  for (const value of Object.values(values)) {
    if (value.includes(slot))
      throw new UserError(`${where}: expected a text without "${slot}", which marks a prompt's place`);
  }
  return template.replace(/\{([^{}]*)\}/g, (found, name: string) => values[name] ?? found);
}

/**
 * @param names placeholders that must stand in it, beside the slot
 * @throws UserError where one is missing, the slot is there more than once, or there is an unknown one
 */
export function checkTemplate(template: string, names: readonly string[], where: string): void {
  const found = [...template.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => `{${name}}`);
  const expected = [slot, ...names.map((name) => `{${name}}`)];
  const unknown = found.find((name) => !expected.includes(name));
  if (unknown !== undefined) throw new UserError(`${where}: expected ${expected.join(", ")}, got ${unknown}`);
  for (const name of expected) {
    const times = found.filter((one) => one === name).length;
    if (times !== 1) throw new UserError(`${where}: expected ${name} once, found it ${times} times`);
  }
}
