import { describe, expect, it } from "@jest/globals";
import { landingPage, type OauthFacts, protectedResource } from "./documents.ts";

const facts = (resource: string): OauthFacts => ({
  origin: "https://mcp.example.com",
  resource,
  scopes: [],
  jwksUri: "https://keys.example.com",
  grantTypes: [],
});

describe("a document that the gateway reads as a template", () => {
  const awkward = "https://mcp.example.com/$input#set";

  it("says in JSON what was meant, without a character that the template language knows", () => {
    const text = protectedResource(facts(awkward));
    expect(text).not.toMatch(/[$#]/);
    expect(JSON.parse(text).resource).toBe(awkward);
  });
  it("does so in HTML by entities", () => {
    const text = landingPage(awkward);
    expect(text).toContain("https://mcp.example.com/&dollar;input&num;set");
    expect(text).not.toMatch(/[$#]/);
  });
  it("leaves to Terraform what Terraform replaces", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of Terraform's
    const reference = "https://${aws_cloudfront_distribution.host.domain_name}/mcp";
    expect(protectedResource(facts(reference))).toContain(reference);
  });
});
