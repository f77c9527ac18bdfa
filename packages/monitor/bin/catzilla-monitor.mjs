#!/usr/bin/env node
// The command is built; this file is there before, for installers to link to.
await import('../dist/catzilla-monitor.js')
