/** @jsxImportSource preact */
/**
 * What the transitions that are looked at really are. Always at the same place, so that nothing is covered and nothing jumps.
 *
 * @module
 */
import type { Particulars } from '../../chart/particulars.ts'
import type { Stage } from './stage.ts'

/** More than these are counted. */
const most = 4

function Row({ name, children }: { readonly name: string; readonly children: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

function Transition({ is: { when, from, to, reenters, guard, actions } }: { readonly is: Particulars }) {
  return (
    <dl>
      <Row name="Taken">{when}</Row>
      <Row name="From">{from}</Row>
      <Row name="To">{to === null ? 'stays' : `${to}${reenters ? ', entered anew' : ''}`}</Row>
      {guard === null ? null : <Row name="If">{guard}</Row>}
      {actions.length === 0 ? null : <Row name="Does">{actions.join(', ')}</Row>}
    </dl>
  )
}

export function Card({ stage }: { readonly stage: Stage }) {
  const looked = stage.looked.value
  if (looked.length === 0) return null
  return (
    <section class="particulars" aria-label="Transition">
      {looked.slice(0, most).map((particulars) => (
        <Transition key={particulars.key} is={particulars} />
      ))}
      {looked.length > most ? <p>and {looked.length - most} more</p> : null}
    </section>
  )
}
