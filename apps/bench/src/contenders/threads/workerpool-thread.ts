// A thread of workerpool: it registers its methods by name.
import { worker } from 'workerpool'
import { add, echo, sizeOf, spin } from './bodies.ts'

worker({ add, echo, sizeOf, spin })
