/** Rules that every family of instructions may use. */
export const commonRules = {
  lead: "|||||please|kindly|you should|you must|you have to|your task is to|your job is to|remember to|make sure to|try to|from now on,|for this question,|in this case,|today,|here,|it is important to|we want you to|i want you to|i would like you to|do your best to",
  note: "||||note:|hint:|remark:|rule:|important:|notice:|remember:|keep in mind:|for your information:|a hint:|as you know,|by the way,",
  dont: "do not|don't|never|please do not|you should not|you must not|please never|under no circumstances|there is no need to|stop trying to|make sure not to|be sure to never",
  usually:
    "usually|mostly|often|in most cases|most of the time|as a rule|more often than not|typically|for the most part|in many cases|quite often",
  sometimes:
    "sometimes|now and then|in some cases|once in a while|at times|every so often|on some days|in a few cases|from time to time|not often|seldom",
  always:
    "always|in every case|in all cases|at all times|every time|every single time|without exception|in any case|no matter what|come what may|all the time",
} as const;
