import SchemaBuilder, {
  BasePlugin,
  type InputFieldsMapping,
  mapInputFields,
  type PothosInputFieldConfig,
  type PothosOutputFieldConfig,
  type SchemaTypes,
} from '@pothos/core';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type InputIssue, invalidInput, MAX_ISSUES } from '../errors/invalid-input.ts';

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      validation: ValidationPlugin<Types>;
    }
    interface InputFieldOptions {
      /** A Standard Schema validator (zod, valibot, …) for the value, which it may also change. Not for promises. */
      validate?: StandardSchemaV1;
    }
  }
}

type Path = readonly (string | number)[];

/**
 * Validates arguments and inputs before the resolver runs, and tells all faults at once, up to fifty, each with its
 * path.
 *
 * (`@pothos/plugin-validation` stops at the first input field that has a fault.)
 */
class ValidationPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const mapping = mapInputFields(field.args, this.buildCache, validatorOf);
    if (!mapping) return field;
    const validate = (args: Record<string, unknown>) => {
      const issues: InputIssue[] = [];
      const valid = validateMembers(args, mapping, [], issues);
      if (issues.length > 0) throw invalidInput(issues);
      return valid;
    };
    return { ...field, argMappers: [...(field.argMappers ?? []), validate] };
  }
}

function validatorOf<Types extends SchemaTypes>(
  field: PothosInputFieldConfig<Types>,
): StandardSchemaV1 | null {
  const { validate } = field.pothosOptions as { validate?: StandardSchemaV1 };
  return validate ?? null;
}

type Mapping<Types extends SchemaTypes> = InputFieldsMapping<Types, StandardSchemaV1>;

function validateMembers<Types extends SchemaTypes>(
  members: Record<string, unknown>,
  mapping: Mapping<Types>,
  path: Path,
  issues: InputIssue[],
): Record<string, unknown> {
  const valid = { ...members };
  for (const [name, member] of mapping) {
    const given = members[name];
    // Left out or null: whether it may be is the type's business.
    if (given === null || given === undefined) continue;
    const at = [...path, name];
    const below = member.kind === 'InputObject' ? member.fields.map : null;
    const inner = below ? validateInner(given, below, at, issues) : given;
    valid[name] = member.value ? validateValue(inner, member.value, at, issues) : inner;
  }
  return valid;
}

function validateInner<Types extends SchemaTypes>(
  value: unknown,
  mapping: Mapping<Types>,
  path: Path,
  issues: InputIssue[],
): unknown {
  if (Array.isArray(value))
    return value.map((item, at) => validateInner(item, mapping, [...path, at], issues));
  if (value === null || typeof value !== 'object') return value;
  return validateMembers({ ...value }, mapping, path, issues);
}

function validateValue(
  value: unknown,
  validator: StandardSchemaV1,
  path: Path,
  issues: InputIssue[],
): unknown {
  // More are not told, and each costs time.
  if (issues.length >= MAX_ISSUES) return value;
  const result = validator['~standard'].validate(value);
  if (result instanceof Promise) throw new Error(`The validator of ${path.join('.')} is asynchronous.`);
  if (!result.issues) return result.value;
  for (const issue of result.issues) {
    issues.push({ message: issue.message, path: [...path, ...(issue.path ?? []).map(step)] });
  }
  return value;
}

function step(part: PropertyKey | StandardSchemaV1.PathSegment): string | number {
  const key = typeof part === 'object' ? part.key : part;
  return typeof key === 'number' ? key : String(key);
}

const pluginName = 'validation';
SchemaBuilder.registerPlugin(pluginName, ValidationPlugin);
export default pluginName;
