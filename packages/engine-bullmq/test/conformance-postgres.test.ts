// The suite of engines on PostgreSQL.
import { conformanceOn } from './conformance-on.ts'
import { postgres } from './servers.ts'

conformanceOn(postgres)
