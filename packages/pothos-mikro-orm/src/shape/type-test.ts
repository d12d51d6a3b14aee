const tests = new WeakSet<object>();

/** Remembers that a type's `isTypeOf` asks for rows of its entity, and nothing else. */
export function rememberRowTest<Test extends object>(test: Test): Test {
  tests.add(test);
  return test;
}

/** Whether rows of its entity always are of the type. */
export const isRowTest = (test: object | null | undefined): boolean => !test || tests.has(test);
