/**
 * The playground's page as `lbsim play` serves it: with a scenario in it as data, under a policy.
 */
import { createHash } from "node:crypto";

/** What the page finds in its element `given`: the file with all that it names. */
export interface Given {
  readonly name: string;
  readonly text: string;
  readonly files: Readonly<Record<string, string>>;
}

export interface Page {
  readonly html: string;
  readonly policy: string;
}

/**
 * `html`: a page that needs nothing beside itself. `<` could end the element that holds the data.
 */
export function pageWith(html: string, given: Given | null): Page {
  // The scripts that the page came with may run, by their hashes, and no others.
  const hashes = Array.from(
    html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([^]*?)<\/script>/g),
    (found) => {
      const digest = createHash("sha256").update(found[1]).digest("base64");
      return `'sha256-${digest}'`;
    },
  );
  const data =
    given === null
      ? ""
      : `<script type="application/json" id="given">${JSON.stringify(given).replaceAll("<", "\\u003c")}</script>`;
  return {
    html: html.replace(/<body[^>]*>/, (body) => `${body}${data}`),
    policy: [
      "default-src 'none'",
      `script-src ${hashes.join(" ")} blob:`,
      "worker-src blob: data:",
      // Libraries set positions and sizes in style attributes.
      "style-src 'unsafe-inline'",
      "img-src data: blob:",
      "font-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
  };
}
