// A thread of workerpool: it registers its methods by name.
import { worker } from 'workerpool'
import { add, block, echo, lengthOf, sizeOf, spin } from '../bodies.ts'

worker({ add, block, echo, lengthOf, sizeOf, spin })
