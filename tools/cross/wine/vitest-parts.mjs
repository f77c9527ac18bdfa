// What test files import from vitest, put together from its parts, which are plain JavaScript.
import { getCurrentTest } from '@vitest/runner'
import * as parts from '@vitest/expect'

export {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  it,
  onTestFinished,
  startTests,
  test,
} from '@vitest/runner'

const { chai, getState, setState } = parts
for (const plugin of [parts.JestExtend, parts.JestChaiExpect, parts.JestAsymmetricMatchers]) chai.use(plugin)

/** Belongs to the test that runs. */
function expectation(value, message) {
  setState({ assertionCalls: getState(expectation).assertionCalls + 1 }, expectation)
  const made = chai.expect(value, message)
  const test = getCurrentTest()
  return test === undefined ? made : made.withTest(test)
}

export const expect = Object.assign(expectation, chai.expect, globalThis[parts.ASYMMETRIC_MATCHERS_OBJECT])
globalThis[parts.GLOBAL_EXPECT] = expect
setState({ assertionCalls: 0, isExpectingAssertions: false, expectedAssertionsNumber: null }, expect)
chai.expect.extend(expect, parts.customMatchers)
