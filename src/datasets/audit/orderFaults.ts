import type { FileMessage } from "../../data/files/dataRow.ts";
import type { RowFault } from "./auditRow.ts";

/** What is wrong with the order of a chat's roles. */
export function orderFaults(messages: readonly FileMessage[]): RowFault[] {
  const order = (detail: string): RowFault => ({ check: "role-order", detail });
  const faults: RowFault[] = [];
  if (messages.some((message, index) => index > 0 && isSystem(message))) {
    faults.push(order("a system message that is not the first message"));
  }
  const said = messages.filter((message) => !isSystem(message)).map(({ role }) => role);
  if (said.some((role, index) => role === "assistant" && said[index + 1] === "assistant")) {
    faults.push(order("two messages of the assistant in a row"));
  }
  const [user, assistant] = [said.indexOf("user"), said.indexOf("assistant")];
  if (user < 0) faults.push(order("no message of the user"));
  else if (assistant >= 0 && assistant < user) faults.push(order("the assistant speaks before the user"));
  const end = messages.at(-1)?.role;
  if (end !== "assistant") faults.push({ check: "no-reply", detail: `ends with the role ${end}` });
  return faults;
}

function isSystem({ role }: FileMessage): boolean {
  return role === "system" || role === "developer";
}
