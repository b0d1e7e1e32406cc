// Drives the simulator with the official SDK, unchanged, and prints what it saw as one JSON line.
import { createRequire } from "node:module";
const require = createRequire(process.argv[2] + "/");
const { Client, APIErrorCode, APIResponseError, iterateDataSourceRows, verifyWebhookSignature } = require("@notionhq/client");
const input = JSON.parse(process.argv[3]);
const seen = {};
const silent = { logLevel: "error", logger: () => {} };
for (const notionVersion of ["2025-09-03", "2026-03-11"]) {
  const notion = new Client({ auth: input.token, baseUrl: input.url, notionVersion, ...silent });
  const me = await notion.users.me({});
  const titles = [];
  let cursor;
  do {
    const page = await notion.dataSources.query({ data_source_id: input.dataSource, page_size: 2, start_cursor: cursor });
    titles.push(...page.results.map((row) => row.properties.Name.title[0].plain_text));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  const before = await notion.pages.retrieve({ page_id: input.page });
  const updated = await notion.pages.update({
    page_id: input.page,
    properties: { Status: { status: { name: notionVersion === "2026-03-11" ? "Done" : "Blocked" } } },
  });
  const property = await notion.pages.properties.retrieve({ page_id: input.page, property_id: before.properties.Assignee.id });
  const comment = await notion.comments.create({
    parent: { page_id: input.page },
    rich_text: [{ mention: { user: { id: input.person } } }, { text: { content: " hello" } }],
  });
  const listed = await notion.comments.list({ block_id: input.page });
  let error;
  try {
    await notion.pages.retrieve({ page_id: "00000000-0000-4000-8000-000000000000" });
  } catch (caught) {
    error = { right: caught instanceof APIResponseError, code: caught.code, expected: APIErrorCode.ObjectNotFound, status: caught.status, request: Boolean(caught.request_id) };
  }
  seen[notionVersion] = {
    bot: me.bot.workspace_name, titles, title: before.properties.Name.title[0].plain_text, archived: "archived" in before,
    status: updated.properties.Status.status.name, assignee: property.results[0].people.name,
    comment: comment.rich_text.map((item) => item.plain_text).join(""), comments: listed.results.length, error,
  };
}
seen.signature = await verifyWebhookSignature({ body: input.body, signature: input.signature, verificationToken: input.verificationToken });
seen.forged = await verifyWebhookSignature({ body: input.body + " ", signature: input.signature, verificationToken: input.verificationToken });
console.log(JSON.stringify(seen));
