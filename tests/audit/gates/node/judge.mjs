// SPDX-License-Identifier: GPL-3.0-or-later
// Print, as JSON, what every rule of two packs says of every resource of a template that it is about.
import { App, Stack } from "aws-cdk-lib";
import { CfnInclude } from "aws-cdk-lib/cloudformation-include";
import { AwsSolutionsChecks, NIST80053R5Checks, NagRuleCompliance } from "cdk-nag";

const app = new App();
new CfnInclude(new Stack(app, "stack"), "template", { templateFile: process.argv[2] });
const said = [];

function answer(rule, node) {
  try {
    return rule(node);
  } catch (error) {
    return `the rule failed: ${error.message}`;
  }
}

for (const Pack of [AwsSolutionsChecks, NIST80053R5Checks]) {
  const pack = new Pack();
  // The pack itself only tells what is wrong; what was found right shows that the rule was asked.
  pack.applyRule = ({ node, rule, ruleSuffixOverride, info }) => {
    const found = answer(rule, node);
    if (found === NagRuleCompliance.NOT_APPLICABLE) return;
    // A rule may name several things that are wrong with one resource.
    for (const each of [found].flat())
      said.push({
        check: `${pack.packName}-${ruleSuffixOverride ?? rule.name}`,
        resource: node.node.id,
        answer: each,
        detail: each === found ? info : `${each}: ${info}`,
      });
  };
  pack.validateScope(app);
}
console.log(JSON.stringify(said));
