import { UserError } from "../../util/errors.ts";
import type { Lose } from "./layout.ts";

/** Nothing may be lost: @throws UserError naming place, field and reason */
export const refuseLoss: Lose = ({ where, field, why }) => {
  throw new UserError(`${where}: ${field}: ${why}; --lossy converts without it`);
};
