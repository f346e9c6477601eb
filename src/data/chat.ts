/** One message of a chat. */
export interface ChatMessage {
  role: "system" | "user" | "assistant";
  content: string;
  /** Loss weight of an assistant message. @default 1 */
  weight?: number;
}

/** One training example: a chat that ends with the reply to learn. `fields` carries anything else known of the row. */
export interface TrainRow {
  id: string;
  messages: ChatMessage[];
  fields?: Record<string, string | number | boolean | null>;
}
