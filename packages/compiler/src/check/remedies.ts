// What to write instead of some of what is not compiled, by the words that its blocker has for it.
const remedies: ReadonlyMap<string, string> = new Map([
  ['an async function', 'nothing, where it waits; what computes in it can be a plain function, as a task of its own'],
  ['an async function or generator', 'a plain function, which is called and gives its result'],
  ['a generator', 'a plain function that returns an array of what it would yield'],
  ['a class', 'functions, and objects with fields that are known'],
  ['a built-in or bound function', 'write out a function which does the same, with what was bound as an argument'],
  ['a getter or setter', 'a plain function'],
  ['`await`', 'await it before, and hand in what it gives as an argument'],
  ['`yield`', 'push to an array, and return it'],
  ['`debugger`', 'leave it out'],
  ['`for … in`', 'name the fields, or hand in arrays and use `for … of`'],
  ['`import()`', 'import it in the module, and name what is used of it in `captures`'],
  ['`new.target` or `import.meta`', 'hand in what it tells as an argument'],
  ['a private field', 'a field of an object, or a variable'],
  ['`super`', 'call the function by its name'],
  ['a tagged template', 'a plain template, or a call of the function with its parts'],
  ['`this`', 'hand in what is needed of it as an argument'],
  ['`with`', 'name the object: `a.b`'],
  ['`arguments`', 'name each parameter, or take an array'],
  ['a regular expression', 'search by `indexOf`, `includes`, `startsWith` or a loop over `charCodeAt`'],
  ['a BigInt', 'numbers, which are whole up to 2 ** 53'],
  ['an array with holes', 'write out each element, or `new Array(n).fill(x)`'],
  ['a function as a value', 'give it a name by `const`, and call it'],
  ['a computed name of a field', 'name the field; a table by key is an array, or a `switch`'],
  ['a call of a computed name', 'call each by its name, in a `switch`'],
  ['the operator `delete`', 'make a new object without the field, or set it to undefined'],
  ['the operator `in`', 'compare the field with undefined'],
  ['the operator `instanceof`', 'hand in which it is as a text or a number'],
  ['`for await`', 'await all of it before, and hand in an array'],
  ['the error of a `catch`', 'do not look at it, or let it out of the task'],
  ['`new Date`', 'hand in milliseconds, as `Date.now()` and `date.getTime()` give them'],
  ['`new Map`', 'two arrays, or a `switch`'],
  ['`new Set`', 'an array and `includes`, or a Uint8Array of marks'],
])

/** Undefined: that of the code is the best there is. */
export function remedyFor(code: string, words = ''): string | undefined {
  // of the other codes the first words are names out of the source, which say nothing
  return code === 'CZ1002' || code === 'CZ1006' ? remedies.get(words) : undefined
}
