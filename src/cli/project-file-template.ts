/** What `airlock init` writes: valid as it is, every choice explained where it would be made. */
export const PROJECT_FILE_TEMPLATE = `# How Airlock works on this repository. Read from the base commit only.
version: 1

# Commands that prepare a fresh checkout, before any agent is there. Found by themselves when left out.
# setup:
#   - npm ci

# Package registries that setup may reach: npm, pypi, go, crates, maven, debian, rubygems.
# egress: [npm]

# What has to be no worse than before. Found by themselves when left out; [] for none.
# gates:
#   - name: test
#     run: npm test
#   - name: lint
#     run: npx eslint .

# What tasks may change unless they say otherwise.
# scope:
#   include: ['src/**', 'test/**']

# What no task may ever change.
protected:
  - '.github/**'
  - 'airlock.yaml'

# More branches that Airlock never pushes to; the default branch is always one.
# branches:
#   protected: [release]
`
