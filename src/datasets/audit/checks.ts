import type { CreateCheck } from "./check.ts";
import { brokenLetters, controlCharacters, replacementCharacters } from "./checks/characters.ts";
import { chatMarkup } from "./checks/chatMarkup.ts";
import { contradictions } from "./checks/contradictions.ts";
import { doubleBos } from "./checks/doubleBos.ts";
import { duplicates } from "./checks/duplicates.ts";
import { emptyText } from "./checks/emptyText.ts";
import { form } from "./checks/form.ts";
import { labelBalance } from "./checks/labelBalance.ts";
import { longOutliers } from "./checks/longOutliers.ts";
import { mixedLayouts } from "./checks/mixedLayouts.ts";
import { nearDuplicates } from "./checks/nearDuplicates.ts";
import { promptPresent } from "./checks/promptPresent.ts";
import { refusals } from "./checks/refusals.ts";
import { replyWhitespace } from "./checks/replyWhitespace.ts";
import { addresses, secretTexts } from "./checks/secrets.ts";
import { specialTokens } from "./checks/specialTokens.ts";
import { template } from "./checks/template.ts";
import { templateSlots } from "./checks/templateSlots.ts";
import { testOverlap } from "./checks/testOverlap.ts";
import { tokenLimit } from "./checks/tokenLimit.ts";

/** Every check, in the order in which findings of one severity are shown. */
export const checks: readonly CreateCheck[] = [
  form,
  mixedLayouts,
  emptyText,
  template,
  tokenLimit,
  chatMarkup,
  specialTokens,
  doubleBos,
  promptPresent,
  templateSlots,
  testOverlap,
  duplicates,
  contradictions,
  nearDuplicates,
  brokenLetters,
  replacementCharacters,
  controlCharacters,
  secretTexts,
  addresses,
  replyWhitespace,
  refusals,
  labelBalance,
  longOutliers,
];
