/** The cell for a text: in quotes where it needs them. */
export function quotedText(text: string, delimiter: string, always = false): string {
  const needed = always || text.includes(delimiter) || /["\r\n]/.test(text);
  return needed ? `"${text.replaceAll('"', '""')}"` : text;
}
