import {
  type DefinitionNode,
  type EnumValueDefinitionNode,
  type FieldDefinitionNode,
  type GraphQLArgument,
  type GraphQLNamedType,
  type GraphQLSchema,
  type InputValueDefinitionNode,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  isUnionType,
  Kind,
  parse,
  print,
  type TypeDefinitionNode,
  type TypeExtensionNode,
  visit,
} from 'graphql';

/** What comparing promises with what is built brings to light; each promise is a coordinate such as `Query.reminders`. */
export interface Findings {
  readonly promised: Set<string>;
  readonly landed: Set<string>;
  readonly faults: string[];
}

type Member = FieldDefinitionNode | InputValueDefinitionNode | EnumValueDefinitionNode;
type TypeNode = TypeDefinitionNode | TypeExtensionNode;

/** What of a definition is not built yet: all of it, an extension with the rest, or nothing. */
export function compareDefinition(
  definition: DefinitionNode,
  built: GraphQLSchema,
  findings: Findings,
): readonly DefinitionNode[] {
  if (!isTypeDefinitionNode(definition) && !isTypeExtensionNode(definition)) {
    findings.faults.push(
      `${placeOf(definition)} A proposal has types and extensions of types, nothing else.`,
    );
    return [];
  }
  const { value: name } = definition.name;
  const type = built.getType(name);
  if (isTypeDefinitionNode(definition)) {
    if (!definition.description) findings.faults.push(`${placeOf(definition)} ${name} has no description.`);
    (type ? findings.landed : findings.promised).add(name);
  }
  if (type && !isKind(type, definition)) {
    findings.faults.push(`${placeOf(definition)} ${name} is built as another kind of type.`);
    return [];
  }
  const before = findings.promised.size;
  const open = withoutLanded(definition, type, findings);
  if (!type) return [open];
  const isMore = findings.promised.size > before || newNames(open) > 0;
  return isMore ? asExtension(open) : [];
}

function withoutLanded(
  definition: TypeNode,
  type: GraphQLNamedType | undefined,
  findings: Findings,
): TypeNode {
  const landOrKeep = (member: Member) => (isLanded(member, definition, type, findings) ? null : false);
  const known = new Set(namesIn(type));
  return visit(definition, {
    FieldDefinition: landOrKeep,
    InputValueDefinition: landOrKeep,
    EnumValueDefinition: landOrKeep,
    // Fields are not entered: what is left are interfaces, and the types of a union.
    NamedType: ({ name: { value } }) => (known.has(value) ? null : false),
  });
}

function isLanded(
  member: Member,
  { name: { value: name } }: TypeNode,
  type: GraphQLNamedType | undefined,
  { promised, landed, faults }: Findings,
): boolean {
  const coordinate = `${name}.${member.name.value}`;
  if (!member.description) faults.push(`${placeOf(member)} ${coordinate} has no description.`);
  const built = landedAs(member, type);
  // The members of a type that is only promised are promised with it.
  if (type) (built === undefined ? promised : landed).add(coordinate);
  const wanted = signatureOf(member);
  if (built !== undefined && built !== wanted) {
    faults.push(`${placeOf(member)} ${coordinate} is promised as "${wanted}" and built as "${built}".`);
  }
  return built !== undefined;
}

function namesIn(type: GraphQLNamedType | undefined): string[] {
  if (isUnionType(type)) return type.getTypes().map(String);
  return isObjectType(type) || isInterfaceType(type) ? type.getInterfaces().map(String) : [];
}

function newNames(node: TypeNode): number {
  const { length: interfaces } = 'interfaces' in node ? (node.interfaces ?? []) : [];
  const { length: types } = 'types' in node ? (node.types ?? []) : [];
  return interfaces + types;
}

/** A type that is built in part is extended by the rest. */
function asExtension(node: TypeNode): readonly DefinitionNode[] {
  if (isTypeExtensionNode(node)) return [node];
  const { description: _said, ...rest } = node;
  return parse(`extend ${print(rest)}`).definitions;
}

/** How a member is built; undefined when it is not. */
function landedAs(member: Member, type: GraphQLNamedType | undefined): string | undefined {
  const { value: name } = member.name;
  if (isEnumType(type)) return type.getValue(name) ? name : undefined;
  if (isInputObjectType(type)) {
    const field = type.getFields()[name];
    return field && `${name}: ${field.type}`;
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
  const field = type.getFields()[name];
  const signature = (argument: GraphQLArgument) => `${argument.name}: ${argument.type}`;
  return field && `${name}${inBrackets(field.args.map(signature))}: ${field.type}`;
}

/** Name, arguments and type of a member, such as `reminders(first: Int): [Reminder!]!`. */
function signatureOf(member: Member): string {
  const { value: name } = member.name;
  if (member.kind === Kind.ENUM_VALUE_DEFINITION) return name;
  const given = member.kind === Kind.FIELD_DEFINITION ? (member.arguments ?? []) : [];
  const written = given.map((argument) => `${argument.name.value}: ${print(argument.type)}`);
  return `${name}${inBrackets(written)}: ${print(member.type)}`;
}

/** The order of arguments says nothing. */
const inBrackets = (list: readonly string[]) => (list.length > 0 ? `(${[...list].sort().join(', ')})` : '');

function isKind(type: GraphQLNamedType, { kind }: TypeNode): boolean {
  switch (kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.OBJECT_TYPE_EXTENSION:
      return isObjectType(type);
    case Kind.INTERFACE_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_EXTENSION:
      return isInterfaceType(type);
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
    case Kind.INPUT_OBJECT_TYPE_EXTENSION:
      return isInputObjectType(type);
    case Kind.ENUM_TYPE_DEFINITION:
    case Kind.ENUM_TYPE_EXTENSION:
      return isEnumType(type);
    case Kind.UNION_TYPE_DEFINITION:
    case Kind.UNION_TYPE_EXTENSION:
      return isUnionType(type);
    default:
      return isScalarType(type);
  }
}

function placeOf({ loc }: DefinitionNode | Member): string {
  return `${loc?.source.name}:${loc?.startToken.line}:`;
}
