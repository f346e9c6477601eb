/** What a task makes of one draw: a question, the instructions around it (at most two), and a reply. */
export interface TaskDraft {
  question: string;
  instructions: string[];
  reply: string;
}
