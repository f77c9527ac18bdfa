// Where the page begins.
import { render } from 'preact'
import { App } from './app.tsx'
import 'uplot/dist/uPlot.min.css'
import './styles/tokens.css'
import './styles/shell.css'
import './styles/parts.css'
import './styles/tables.css'
import './styles/task.css'

const root = document.getElementById('app')
if (root !== null) render(<App />, root)
