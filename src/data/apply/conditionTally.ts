import { UserError } from "../../util/errors.ts";
import { asText, conditionText, meets, type RowCondition } from "./rowCondition.ts";

const shownValues = 5;
const longestValue = 40;

/** Counts what a condition finds in a file, so that one that nothing meets can be explained. */
export class ConditionTally {
  readonly condition: RowCondition;
  #withField = 0;
  #met = 0;
  /** The first different values of the field. */
  readonly #values = new Set<string>();

  constructor(condition: RowCondition) {
    this.condition = condition;
  }

  /** Whether a row meets the condition. @param value the row's field, `undefined` where there is none */
  add(value: unknown): boolean {
    const is = meets(value, this.condition);
    if (value !== undefined) this.#withField += 1;
    if (is) this.#met += 1;
    if (value !== undefined && this.#values.size <= shownValues) this.#values.add(asText(value) ?? "");
    return is;
  }

  /** After the last of `rows` rows. @throws UserError where none has the field, or none meets the condition */
  expectMet(file: string, rows: number): void {
    const { field } = this.condition;
    if (this.#withField === 0) {
      throw new UserError(`${file}: no row has the field "${field}" of --only-if; check its name`);
    }
    if (this.#met > 0) return;
    const values = [...this.#values].map(shown);
    const more = values.length > shownValues ? " and others" : "";
    throw new UserError(
      `${file}: not one of ${rows} rows meets --only-if ${JSON.stringify(conditionText(this.condition))}: ` +
        `the field holds ${values.slice(0, shownValues).join(", ")}${more}; check how the value is written`,
    );
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length > longestValue ? `${text.slice(0, longestValue)}…` : text);
}
