// SPDX-License-Identifier: GPL-3.0-or-later
// Answers each line of standard input, a simulation, with a line: what each kind of policy says, or an error.
import { createInterface } from 'node:readline'
import { runSimulation } from '@cloud-copilot/iam-simulate'

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    const simulated = await runSimulation(JSON.parse(line), {})
    answer =
      simulated.resultType === 'single'
        ? {
            combined: simulated.overallResult,
            identity: simulated.result.analysis.identityAnalysis?.result,
            endpoint: simulated.result.analysis.endpointAnalysis?.result,
            resource: simulated.result.analysis.resourceAnalysis?.result,
            ignored: simulated.result.ignoredContextKeys
          }
        : { error: JSON.stringify(simulated.errors ?? simulated.resultType) }
  } catch (error) {
    answer = { error: String(error) }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
