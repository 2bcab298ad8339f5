/**
 * What an object of a class is made from: its fields by name. For classes whose objects the events
 * of a run read. Those of a literal would do but for V8, which gives them another shape when the
 * literal is evaluated for the second time, at the beginning of the second run in a process, and
 * then throws away what it has compiled for the first.
 */
export type FieldsOf<Class> = { readonly [Field in keyof Class]: Class[Field] };
