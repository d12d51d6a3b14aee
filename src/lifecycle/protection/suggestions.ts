/**
 * Takes away what GraphQL suggests instead of a wrong name: with it, a schema whose introspection is off can be
 * guessed name by name. Holds for fields, arguments, types, input fields and enum values alike.
 */
export function withoutSuggestions(message: string): string {
  return message.replace(/ Did you mean .+\?/s, '');
}
