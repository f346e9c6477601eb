import { UserError } from "../../util/errors.ts";

/** What to say when a model computes something that is not a number. */
export const brokenModel = (): UserError =>
  new UserError(
    "the model's logits are not numbers: its weights are damaged or its training diverged; train again with a lower learningRate, or use another model",
  );
