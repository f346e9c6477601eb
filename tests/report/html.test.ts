import { describe, expect, it } from "vitest";
import { escapeHtml, html } from "../../src/report/html.ts";

describe("html", () => {
  it("escapes every value, in content and in attributes", () => {
    const text = `<script>alert("1")</script> & 'x'`;
    const page = html`<p title="${text}">${text}</p>`.markup;
    expect(page).not.toContain("<script");
    expect(page.match(/"/g)).toHaveLength(2);
    expect(page).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;");
  });

  it("keeps markup of its own, joins lists and leaves out nothing-values", () => {
    const items = ["a", "b"].map((text) => html`<li>${text}</li>`);
    expect(html`<ul>${items}${null}${undefined}${false}${0}</ul>`.markup).toBe("<ul><li>a</li><li>b</li>0</ul>");
  });

  it("replaces what HTML forbids and keeps line breaks, tabs and letters of any script", () => {
    expect(escapeHtml("a\u0000b\u001bc\u0085d\ud800e")).toBe("a\ufffdb\ufffdc\ufffdd\ufffde");
    expect(escapeHtml("é\t\n中😀")).toBe("é\t\n中😀");
  });
});
