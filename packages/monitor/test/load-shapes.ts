// Load over ten minutes, as tasks a second for each second: the shapes that services see.
export interface LoadShape {
  readonly name: string
  /** Tasks that come in, by second. */
  readonly arrivals: readonly number[]
}

/** Deterministic noise, 0..1 (Park and Miller). */
export function noise(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

const SECONDS = 600

function shape(name: string, at: (second: number) => number): LoadShape {
  return { name, arrivals: Array.from({ length: SECONDS }, (_, second) => Math.max(0, at(second))) }
}

/** For workers of which each does ten tasks a second. */
export function loadShapes(seed: number): readonly LoadShape[] {
  const random = noise(seed)
  return [
    shape('step', (second) => (second < 60 ? 5 : 70)),
    shape('ramp', (second) => (second < 400 ? second * 0.25 : 100)),
    shape('spike', (second) => (second >= 100 && second < 105 ? 400 : 5)),
    shape('sawtooth', (second) => second % 120),
    shape('noise', () => 35 + (random() - 0.5) * 30),
  ]
}
