// An error, and what caused it, down to the first cause.
import type { JSX } from 'preact'
import type { ErrorView } from '../server/answers.ts'

export function ErrorChain({ error }: { readonly error: ErrorView }): JSX.Element {
  const chain: ErrorView[] = []
  for (let next: ErrorView | undefined = error; next !== undefined; next = next.cause) chain.push(next)
  return (
    <ol class="chain">
      {chain.map(({ name, message, code, stack }, index) => (
        <li>
          {index > 0 && <span class="muted">caused by </span>}
          <strong>{name}</strong> {code !== undefined && <code>{code}</code>}
          <p class="error-text">{message}</p>
          {stack !== undefined && (
            <details>
              <summary>Stack</summary>
              <pre class="data" tabIndex={0}>
                {stack}
              </pre>
            </details>
          )}
        </li>
      ))}
    </ol>
  )
}
